/**
 * Operated cluster: a master with its HTTP interface, one agent and a framework that launches what a
 * test tells it to, in this process; the tasks are real processes.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { FrameworkId } from '../../actors/protocol/ids.js'
import type { StatusUpdate, TaskInfo } from '../../actors/protocol/task.js'
import { parseResources } from '../../actors/resources/parse.js'
import { framework } from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'
import type { Http } from '../../infra/http/interface.js'
import { openHttp } from '../../infra/http/server.js'
import { memoryHub, type MemoryHub } from '../../infra/memory/link.js'
import { openAgentNode, type AgentNode } from '../../infra/node/agent-node.js'
import { openFrameworkNode } from '../../infra/node/framework-node.js'
import { openMasterNode, type MasterNode } from '../../infra/node/master-node.js'
import type { Logger } from '../../runtime/logger.js'

export const SILENT: Logger = { log: () => {} }

export interface Operated {
  readonly hub: MemoryHub
  readonly master: MasterNode
  readonly agent: AgentNode
  readonly http: Http
  /** Joins a framework; it leaves when the test is over. */
  framework(name: string): Promise<Tenant>
  /** A path where a task can wait (`cat PATH`) for what `say` tells it. */
  gate(): { readonly path: string; say(text: string): Promise<void> }
}

export interface Tenant {
  readonly id: FrameworkId
  /** Resolves once the task runs or has ended. */
  start(id: string, line: string, environment?: Readonly<Record<string, string>>): Promise<StatusUpdate>
  /** Resolves with the last update of a task, once there is one. */
  ended(id: string): Promise<StatusUpdate>
  /** Ends the framework and its tasks; happens anyway when the test is over. */
  close(): Promise<void>
}

const RESOURCES = 'cpus:4;mem:4096;disk:100;ports:[31000-31009]'
const LASTING = new Set(['FINISHED', 'FAILED', 'KILLED', 'ERROR', 'LOST', 'DROPPED', 'GONE'])

export async function openOperated(t: TestContext): Promise<Operated> {
  const directory = mkdtempSync(join(tmpdir(), 'warren-operated-'))
  const hub = memoryHub()
  const node = { openLink: hub.open, logger: SILENT }
  const master = await openMasterNode({ ...node, cluster: 'test', name: 'm1' })
  await master.begin()
  const resources = parseResources(RESOURCES)
  if (!resources.ok) throw new Error(resources.problem)
  const modules = { program: (file: string) => ({ argv: ['node', file] }), environment: () => ({}) }
  const agent = await openAgentNode({
    name: 'a1', hostname: 'rock', openLink: hub.open, logger: SILENT, workDir: join(directory, 'agent'),
    resources: resources.value, attributes: {}, modules,
  })
  const http = await openHttp({ ...master, cluster: 'test', port: 0, logger: SILENT })
  const tenants: Tenant[] = []
  t.after(async () => {
    for (const tenant of tenants) await tenant.close()
    await http.close()
    await agent.leave()
    await master.close()
    rmSync(directory, { recursive: true, force: true })
  })
  let gates = 0
  return {
    hub, master, agent, http,
    async framework(name) {
      const tenant = await openTenant(hub, name)
      tenants.push(tenant)
      return tenant
    },
    gate: () => {
      const path = join(directory, `gate-${++gates}`)
      execFileSync('mkfifo', [path])
      return { path, say: (text) => writeFile(path, text) }
    },
  }
}

/** Joins a framework that launches what it is told to. */
export async function openTenant(hub: MemoryHub, name: string): Promise<Tenant> {
  const heard = new Heard()
  let subscribed: (id: FrameworkId) => void
  const id = new Promise<FrameworkId>((resolve) => { subscribed = resolve })
  const node = await openFrameworkNode<readonly TaskInfo[], TaskInfo>({
    name, openLink: hub.open, logger: SILENT, subscribed: (frameworkId) => subscribed(frameworkId),
    framework: () => framework<readonly TaskInfo[], TaskInfo>({
      name,
      initial: () => [],
      receive(waiting, event, ctx) {
        switch (event.type) {
          case 'told':
            ctx.revive()
            return [...waiting, event.told]
          case 'offers': {
            const [first, ...others] = event.offers
            if (others.length > 0) ctx.decline(others, { refuseMs: 0 })
            if (first) ctx.accept(first, waiting, { refuseMs: 0 })
            if (waiting.length === 0) ctx.suppress()
            return []
          }
          case 'update':
            heard.add(event.update)
            return waiting
          default: return waiting
        }
      },
    }),
  })
  let closed: Promise<void> | undefined
  // An operator may have ended it before.
  const finished = node.finished.catch(() => undefined)
  const close = async () => {
    node.end()
    await finished
    await node.close()
  }
  return {
    id: await id,
    async start(taskId, line, environment = {}) {
      node.tell(task({ id: taskId, resources: { cpus: 0.5, mem: 32 }, command: line, environment }))
      return heard.first(taskId, ({ state }) => state === 'RUNNING' || LASTING.has(state))
    },
    ended: (taskId) => heard.first(taskId, ({ state }) => LASTING.has(state)),
    close: () => closed ??= close(),
  }
}

/** Every update, and who waits for one. */
class Heard {
  private readonly updates: StatusUpdate[] = []
  private waiting: (() => void)[] = []

  add(update: StatusUpdate): void {
    this.updates.push(update)
    const { waiting } = this
    this.waiting = []
    for (const wake of waiting) wake()
  }

  async first(taskId: string, met: (update: StatusUpdate) => boolean): Promise<StatusUpdate> {
    for (;;) {
      const found = this.updates.find((update) => update.taskId === taskId && met(update))
      if (found) return found
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }
}
