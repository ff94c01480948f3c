/**
 * Launch: how many short commands a second a cluster runs, against spawning the same command directly
 * with the same parallelism. Offer, accept, journal, process, status update and acknowledgement are
 * all in it.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { of } from '../../actors/resources/amounts.js'
import { contains, subtract, type Resources } from '../../actors/resources/resources.js'
import { isTerminal, type TaskInfo } from '../../actors/protocol/task.js'
import { framework, type Framework } from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'
import { silent } from '../../runtime/logger.js'
import { openEmbeddedCluster, type EmbeddedCluster } from '../dev/embedded-cluster.js'
import { openFrameworkNode } from '../node/framework-node.js'
import { contest, type Row } from './rounds.js'

const TASKS = 400
const AGENTS = 2
const CPUS = 4
const COMMAND = '/bin/true'

export async function launch(progress: (text: string) => void): Promise<Row[]> {
  const workDir = mkdtempSync(join(tmpdir(), 'warren-bench-'))
  const resources = of({ cpus: CPUS, mem: 4_096 })
  const agents = Array.from({ length: AGENTS }, (_, index) => ({ name: `a${index + 1}`, resources }))
  const cluster = await openEmbeddedCluster({ cluster: 'bench', workDir, agents, logger: silent })
  const parallel = AGENTS * CPUS
  let offers = 0
  try {
    const row = await contest({
      bench: 'launch', row: `${COMMAND}, ${parallel} at a time, embedded`, unit: 'tasks/s',
      peer: 'child_process.spawn', progress,
      subject: () => throughCluster(cluster, (count) => {
        offers = count
      }),
      rival: () => spawned(parallel),
    })
    progress(`launch: ${offers} offers for ${TASKS} tasks`)
    return [row]
  } finally {
    await cluster.close()
    rmSync(workDir, { recursive: true, force: true })
  }
}

async function throughCluster(cluster: EmbeddedCluster, offered: (count: number) => void): Promise<number> {
  const began = performance.now()
  const node = await openFrameworkNode({
    name: 'bench', openLink: cluster.hub.open, logger: silent, framework: () => many(TASKS, offered),
  })
  await node.finished
  const seconds = (performance.now() - began) / 1_000
  await node.close()
  return TASKS / seconds
}

interface Progress {
  readonly next: number
  readonly ended: number
  readonly offers: number
}

/** Fills every offer until all tasks are launched, and finishes when all have ended. */
function many(count: number, offered: (count: number) => void): Framework<Progress> {
  return framework<Progress>({
    name: 'bench',
    initial: () => ({ next: 0, ended: 0, offers: 0 }),
    receive(state, event, ctx) {
      if (event.type === 'update' && isTerminal(event.update.state)) {
        if (state.ended + 1 === count) {
          offered(state.offers)
          ctx.finish()
        }
        return { ...state, ended: state.ended + 1 }
      }
      if (event.type !== 'offers') return state
      let { next } = state
      for (const offer of event.offers) {
        const tasks: TaskInfo[] = []
        let left: Resources = offer.resources
        for (; next < count; next++) {
          const one = task({ id: String(next), resources: { cpus: 1, mem: 32 }, command: [COMMAND] })
          if (!contains(left, one.resources)) break
          left = subtract(left, one.resources)
          tasks.push(one)
        }
        ctx.accept(offer, tasks)
      }
      if (next === count) ctx.suppress()
      return { ...state, next, offers: state.offers + event.offers.length }
    },
  })
}

async function spawned(parallel: number): Promise<number> {
  const began = performance.now()
  let left = TASKS
  const lane = async () => {
    while (left-- > 0) await new Promise((resolve) => spawn(COMMAND, { stdio: 'ignore' }).once('exit', resolve))
  }
  await Promise.all(Array.from({ length: parallel }, lane))
  return TASKS / ((performance.now() - began) / 1_000)
}
