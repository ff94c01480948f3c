/** Smoke: a whole embedded cluster, to try by hand. */
import { mkdtempSync } from 'node:fs'
import { task } from '../../actors/scheduler/task.js'
import { framework } from '../../actors/scheduler/framework.js'
import { parseResources } from '../../actors/resources/parse.js'
import { memoryHub } from '../../infra/memory/link.js'
import { openAgentNode } from '../../infra/node/agent-node.js'
import { openFrameworkNode } from '../../infra/node/framework-node.js'
import { openMasterNode } from '../../infra/node/master-node.js'
import type { Logger } from '../../runtime/logger.js'

const logger: Logger = { log: (level, text, fields) => { if (level !== 'debug' || process.env['DEBUG']) process.stdout.write(`${level} ${text} ${JSON.stringify(fields)}\n`) } }
const hub = memoryHub()
const m = await openMasterNode({ cluster: 'smoke', name: 'm1', openLink: hub.open, logger })
const parsed = parseResources('cpus:4;mem:4096')
if (!parsed.ok) throw new Error(parsed.problem)
const a = await openAgentNode({ name: 'a1', openLink: hub.open, logger, workDir: mkdtempSync('/tmp/smoke-'), resources: parsed.value, attributes: {}, modules: { program: (file) => ({ argv: ['node', file] }), environment: () => ({}) } })
const t0 = performance.now()
const f = await openFrameworkNode({
  name: 'f1', openLink: hub.open, logger,
  framework: () => framework<number>({
    name: 'hello',
    initial: () => 0,
    receive(state, event, ctx) {
      process.stdout.write(`${(performance.now() - t0).toFixed(1)} ${JSON.stringify(event).slice(0, 300)}\n`)
      if (event.type === 'offers' && event.offers[0]) ctx.accept(event.offers[0], [task({ id: 't1', resources: { cpus: 1, mem: 32 }, command: 'echo hi; exit 3' })])
      if (event.type === 'update' && event.update.state === 'FAILED') ctx.finish(event.update.exitCode ?? 0)
      return state
    },
  }),
})
process.stdout.write(`exit ${await f.finished}\n`)
await f.close()
await a.leave()
await m.system.stop()
