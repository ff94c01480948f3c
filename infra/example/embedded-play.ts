/** Embedded play: the worked example in this process, on a small cluster of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import first from '../../actors/frameworks/offers/first.js'
import second from '../../actors/frameworks/offers/second.js'
import type { Framework } from '../../actors/scheduler/framework.js'
import { of } from '../../actors/resources/amounts.js'
import { silent } from '../../runtime/logger.js'
import type { TraceSink } from '../../runtime/hop.js'
import { Closing } from '../dev/closing.js'
import { openHttp } from '../http/server.js'
import { memoryHub } from '../memory/link.js'
import { openAgentNode } from '../node/agent-node.js'
import { openFrameworkNode } from '../node/framework-node.js'
import { openMasterNode, type MasterNode } from '../node/master-node.js'
import { MemoryHopBus } from '../trace/hop-bus.js'
import { HopCollector } from '../trace/hop-collector.js'

/** Who looks on in a browser. */
export interface Watched {
  /** Of the master's interface. 0 takes any free one. */
  readonly port: number
  /** Told where it answers, before anything is played. */
  readonly opened: (url: string) => void
}

/** Resolves when the actors are on the stage; what it answers ends the play. */
export async function playEmbedded(traces: TraceSink, watched?: Watched): Promise<() => Promise<void>> {
  const closing = new Closing()
  const workDir = mkdtempSync(join(tmpdir(), 'warren-example-'))
  closing.add(() => rmSync(workDir, { recursive: true, force: true }))
  const bus = new MemoryHopBus()
  const tracing = watched ? { tracing: { part: 1, openOutlet: bus.open } } : {}
  const node = { openLink: memoryHub().open, logger: silent, traces, ...tracing }
  try {
    const master = await openMasterNode({ ...node, cluster: 'example', name: 'example' })
    closing.add(() => master.close())
    const url = watched && await openInterface(master, bus, watched, closing)
    await master.begin(url)
    if (url !== undefined) watched?.opened(url)
    closing.add(await enter(node, first))
    closing.add(await enter(node, second))
    const agent = await openAgentNode({
      ...node, name: 'example', workDir, resources: of({ cpus: 4, mem: 4096 }), attributes: {},
      modules: { program: (file) => ({ argv: [process.execPath, file] }), environment: () => ({}) },
    })
    closing.add(() => agent.leave())
    return () => closing.close()
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function openInterface(
  { system, master }: MasterNode, bus: MemoryHopBus, { port }: Watched, closing: Closing,
): Promise<string> {
  const hops = new HopCollector(bus)
  closing.add(async () => hops.close())
  const http = await openHttp({ system, master, cluster: 'example', port, logger: silent, hops })
  closing.add(() => http.close())
  return http.url
}

/** Frameworks enter one after the other, so that the first is the first to be offered anything. */
async function enter<State>(
  node: Pick<Parameters<typeof openFrameworkNode>[0], 'openLink' | 'logger' | 'traces' | 'tracing'>,
  framework: Framework<State>,
): Promise<() => Promise<void>> {
  let entered: () => void = () => undefined
  const subscribed = new Promise<void>((resolve) => {
    entered = resolve
  })
  const opened = await openFrameworkNode<State>({
    ...node, name: framework.name, framework: () => framework, subscribed: entered,
  })
  await subscribed
  return async () => {
    opened.end()
    await opened.finished
    await opened.close()
  }
}
