/**
 * Wire bytes: what a status update weighs on the wire, in batches as a busy agent sends them, against
 * JSON of the same content. Counted, not timed; each round is of other tasks.
 */
import { agentCall, type AgentCall } from '../../actors/protocol/agent.js'
import type { AgentId, FrameworkId, LaunchId, TaskId, UpdateId } from '../../actors/protocol/ids.js'
import { registry } from '../../actors/protocol/registry.js'
import type { Actor } from '../../runtime/actor.js'
import { nodeAddress, refOf, type Ref } from '../../runtime/address.js'
import { silent } from '../../runtime/logger.js'
import { nactTurns } from '../../runtime/nact.js'
import { randomName } from '../../runtime/random.js'
import { System } from '../../runtime/system.js'
import type { Hop } from '../../runtime/hop.js'
import { systemClock } from '../clock.js'
import type { OpenLink } from '../link.js'
import { openPost } from '../post.js'
import { systemRandom } from '../random.js'
import { Standing } from '../standing.js'
import { contest, type Row } from './rounds.js'

const BATCH = 100
const NAME_LENGTH = 8

export async function wireBytes(progress: (text: string) => void): Promise<Row[]> {
  let round = 0
  return [await contest({
    bench: 'runtime', row: `a status update on the wire, ${BATCH} at once`, unit: 'bytes', peer: 'JSON',
    goal: { atMost: 0.4 }, progress,
    subject: async () => (await sizes(round++)).frames,
    rival: async () => (await sizes(round++)).json,
  })]
}

/** Bytes of each update: in the frames that the post makes of them, and as JSON of envelope and message. */
async function sizes(round: number): Promise<{ readonly frames: number; readonly json: number }> {
  let frames = 0
  const openLink: OpenLink = async () => ({
    send: (_, frame) => { frames += frame.length }, watch() {}, unwatch() {}, async close() {},
    vitals: () => new Standing(() => undefined).vitals(),
  })
  const hops: Hop[] = []
  const self = nodeAddress('agent', 'bench', randomName(systemRandom, NAME_LENGTH))
  const system = new System(self, {
    turns: nactTurns(self.replace('@', '.')), clock: systemClock, random: systemRandom, logger: silent, registry,
    traces: { hop: (hop) => { if (hop.kind === 'sent' && hop.message.type in agentCall) hops.push(hop) } },
    collapsed: (_, error) => { throw error },
  })
  await system.join((receiver) => openPost(self, openLink, receiver))
  const master = nodeAddress('master', 'm1', randomName(systemRandom, NAME_LENGTH))
  system.tell(system.spawn('updates', updates(refOf(master, 'master'), round)), { type: 'report' })
  await new Promise(setImmediate)
  await system.stop()
  if (hops.length !== BATCH) throw new Error(`${hops.length} updates were sent, not ${BATCH}`)
  const json = JSON.stringify(hops.map(({ to, from, trace, message }) => ({ to, from, trace, message })))
  return { frames: frames / BATCH, json: Buffer.byteLength(json) / BATCH }
}

const updates = (master: Ref<AgentCall>, round: number): Actor<null, { readonly type: 'report' }> => ({
  initial: () => null,
  receive(state, _message, ctx) {
    const cluster = randomName(systemRandom, NAME_LENGTH)
    const agentId = `${cluster}-S${round}` as AgentId
    for (let index = 0; index < BATCH; index++) {
      const launchId = `${cluster}-L${round * BATCH + index}` as LaunchId
      ctx.tell(master, {
        type: 'task-status', agentId, latestState: 'FINISHED',
        update: {
          updateId: `${launchId}.2` as UpdateId, frameworkId: `${cluster}-1` as FrameworkId, agentId, launchId,
          taskId: `task-${index}` as TaskId, state: 'FINISHED', source: 'executor', exitCode: 0, atMs: ctx.now(),
        },
      })
    }
    return state
  },
})
