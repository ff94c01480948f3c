/** Masters: real `warren master` processes on a broker, of which one leads and any can be made to fail. */
import { setTimeout as delay } from 'node:timers/promises'
import { NodeProcess } from '../../dev/node-process.js'

const POLL_MS = 20
/** Who has just been started reads the whole log. */
const AGREE_TIMEOUT_MS = 60_000

export interface MastersOptions {
  readonly cluster: string
  readonly names: readonly string[]
  /** What each is started with: its brokers, the one that it prefers first. */
  readonly urlsOf: (name: string) => readonly string[]
}

interface Member {
  readonly name: string
  readonly process: NodeProcess
  readonly http: string
}

/** When a master began to lead, in wall-clock milliseconds, and which. */
export interface Succession {
  readonly name: string
  readonly atMs: number
}

export class Masters {
  private readonly members = new Map<string, Member>()
  private leading: string | undefined
  private hear: (succession: Succession) => void = () => undefined

  constructor(private readonly options: MastersOptions) {}

  /** Resolves when one leads and the others follow it. */
  async open(): Promise<void> {
    const first = this.succession()
    await Promise.all(this.options.names.map((name) => this.start(name)))
    await first
    await this.agreed()
  }

  get leader(): Member {
    const leader = this.members.get(this.leading ?? '')
    if (!leader) throw new Error('no master leads')
    return leader
  }

  /** Resolves with who leads next; ask before the present leader is made to fail. */
  succession(): Promise<Succession> {
    return new Promise((resolve) => {
      this.hear = resolve
    })
  }

  async start(name: string): Promise<Member> {
    const { cluster, urlsOf } = this.options
    const process = new NodeProcess({
      title: `master ${name}`, environment: { WARREN_BROKER: urlsOf(name).join(',') },
      argv: ['master', '--cluster', cluster, '--name', name, '--port', '0', '--log-format', 'json'],
      log: (line) => this.heard(name, line),
    })
    const { http = '' } = await process.ready()
    const member = { name, process, http }
    this.members.set(name, member)
    return member
  }

  /** Resolves when all have read the log as far as the leader. */
  async agreed(): Promise<void> {
    const deadlineMs = performance.now() + AGREE_TIMEOUT_MS
    for (;;) {
      const views = await Promise.all([...this.members.values()].map(viewOf))
      if (new Set(views).size === 1) return
      if (performance.now() > deadlineMs) throw new Error(`the masters do not agree: ${views.join('; ')}`)
      await delay(POLL_MS)
    }
  }

  async close(): Promise<void> {
    const members = [...this.members.values()]
    for (const { process } of members) process.kill()
    await Promise.all(members.map(({ process }) => process.ended))
  }

  private heard(name: string, line: string): void {
    if (!line.includes('"msg":"leading"')) return
    this.leading = name
    this.hear({ name, atMs: Date.parse((JSON.parse(line) as { time: string }).time) })
  }
}

/** What a master has folded, in one line. */
async function viewOf({ http }: Member): Promise<string> {
  const { cluster } = await (await fetch(`${http}/v1/cluster`)).json() as { cluster: Record<string, unknown> }
  return ['leader', 'epoch', 'agents', 'frameworks', 'tasks'].map((name) => `${name} ${cluster[name]}`).join(', ')
}

/** Ends a member as `kill -9` does; resolves when it is gone. */
export async function killed({ process }: { readonly process: NodeProcess }): Promise<void> {
  process.kill()
  await process.ended
}
