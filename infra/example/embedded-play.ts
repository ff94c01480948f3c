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
import { memoryHub } from '../memory/link.js'
import { openAgentNode } from '../node/agent-node.js'
import { openFrameworkNode } from '../node/framework-node.js'
import { openMasterNode } from '../node/master-node.js'

/** Resolves when the actors are on the stage; what it answers ends the play. */
export async function playEmbedded(traces: TraceSink): Promise<() => Promise<void>> {
  const closing = new Closing()
  const workDir = mkdtempSync(join(tmpdir(), 'warren-example-'))
  closing.add(() => rmSync(workDir, { recursive: true, force: true }))
  const node = { openLink: memoryHub().open, logger: silent, traces }
  try {
    const master = await openMasterNode({ ...node, cluster: 'example', name: 'example' })
    closing.add(() => master.close())
    await master.begin()
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

/** Frameworks enter one after the other, so that the first is the first to be offered anything. */
async function enter<State>(
  node: Pick<Parameters<typeof openFrameworkNode>[0], 'openLink' | 'logger' | 'traces'>, framework: Framework<State>,
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
