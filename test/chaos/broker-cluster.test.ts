/**
 * Nodes that are spread over a cluster of three brokers, one of which is killed: those that were with it
 * are with another within 5 s, everybody finds everybody again, and nobody is taken for dead.
 *
 * `OUTAGE_KILLS=3` kills each of the three in turn, and starts it again before the next.
 */
import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { nodeAddress, type NodeAddress } from '../../runtime/address.js'
import type { Transport } from '../../runtime/transport.js'
import { type AmqpOptions, amqpLink } from '../../infra/amqp/link.js'
import { lookFromEachOther } from '../../infra/amqp/brokers-look.js'
import { withoutPassword } from '../../infra/amqp/broker-urls.js'
import { type PrivateCluster, startPrivateCluster } from '../../infra/amqp/private-cluster.js'
import { openPost } from '../../infra/post.js'
import { Recorder } from '../support/recorder.js'

const KILLS = Number(process.env['OUTAGE_KILLS'] ?? 1)
const RETURN_MAX_MS = 5_000
const QUICK: Partial<AmqpOptions> = { probeIntervalMs: 250, returnGraceMs: 1_000, absenceMaxMs: 3_000 }
/** By then there is one of each kind with each of three brokers, unless chance has gone mad. */
const MEMBERS_MAX = 60
let cluster: PrivateCluster

before(async () => {
  cluster = await startPrivateCluster(3)
})
after(() => cluster?.stop())

interface Member {
  readonly self: NodeAddress
  readonly heard: Recorder
  readonly transport: Transport
}

async function join(t: TestContext, kind: 'master' | 'agent', index: number): Promise<Member> {
  const self = nodeAddress(kind, `${index}`, 'life1')
  const heard = new Recorder()
  const transport = await openPost(self, amqpLink(cluster.urls, 'spread', QUICK), heard)
  t.after(() => transport.close())
  return { self, heard, transport }
}

const isAt = (url: string) => ({ transport }: Member): boolean => transport.vitals().via === withoutPassword(url)

/** One of each kind with each broker: pairs within one broker and across two. */
async function spread(t: TestContext): Promise<{ readonly masters: Member[]; readonly agents: Member[] }> {
  const kept = { master: [] as Member[], agent: [] as Member[] }
  for (let index = 0; index < MEMBERS_MAX; index++) {
    const kind = index % 2 === 0 ? 'master' : 'agent'
    const member = await join(t, kind, index)
    kept[kind].push(member)
    const isSpread = cluster.urls.every((url) => kept.master.some(isAt(url)) && kept.agent.some(isAt(url)))
    if (isSpread) return { masters: kept.master, agents: kept.agent }
  }
  return assert.fail(`${MEMBERS_MAX} nodes, and not one of each kind with each broker`)
}

/** Every agent and every master say it to each other, and all hear it. */
async function everyPair({ masters, agents }: { masters: Member[]; agents: Member[] }, what: string): Promise<void> {
  for (const agent of agents) {
    for (const master of masters) {
      agent.transport.send(master.self, [what, agent.self])
      master.transport.send(agent.self, [what, master.self])
    }
  }
  const hears = async (member: Member, from: Member[]) => {
    const words = from.map(({ self }) => `${what},${self}`)
    await member.heard.until(({ envelopes }) => {
      const heard = new Set(envelopes.map(String))
      return words.every((word) => heard.has(word))
    })
    assert.equal(member.heard.envelopes.filter((envelope) => words.includes(String(envelope))).length, from.length)
  }
  await Promise.all([...masters.map((each) => hears(each, agents)), ...agents.map((each) => hears(each, masters))])
}

const LIMIT = { timeout: 115_000 + KILLS * 60_000 }

test('nodes with a broker that is killed are with another within 5 s, and all find each other', LIMIT, async (t) => {
  assert.deepEqual(await lookFromEachOther(cluster.urls, 'spread'), { brokers: 3, blind: [] })
  const all = await spread(t)
  const leaver = await join(t, 'agent', MEMBERS_MAX)
  const members = [...all.masters, ...all.agents]
  for (const agent of all.agents) for (const master of all.masters) agent.transport.watch(master.self)
  for (const master of all.masters) for (const agent of [...all.agents, leaver]) master.transport.watch(agent.self)
  await everyPair(all, 'before')
  for (const [index, server] of cluster.servers.slice(0, KILLS).entries()) {
    const bereft = members.filter(isAt(server.url))
    assert.ok(bereft.length > 0, `nobody is with broker ${index + 1}`)
    const before = bereft.map(({ heard }) => heard.states.length)
    const killedAt = performance.now()
    await server.kill()
    const returnsMs = await Promise.all(bereft.map(async ({ heard }, each) => {
      await heard.until(({ states }) => states.length > (before[each] ?? 0) && states.at(-1) === 'connected')
      return Math.round(performance.now() - killedAt)
    }))
    if (process.env['OUTAGE_SAY']) process.stdout.write(`broker ${index + 1}: back after ${returnsMs.join(', ')} ms\n`)
    for (const each of returnsMs) assert.ok(each <= RETURN_MAX_MS, `a node was back after ${each} ms`)
    await everyPair(all, `after ${index}`)
    if (index + 1 < KILLS) await server.start()
  }
  // Whoever was missed before this one has had its last chance when it is given up.
  await leaver.transport.close()
  for (const { heard } of all.masters) await heard.until(({ dead }) => dead.includes(leaver.self))
  for (const { heard, self } of members) {
    assert.deepEqual(heard.dead.filter((node) => node !== leaver.self), [], `${self} takes somebody for dead`)
  }
})
