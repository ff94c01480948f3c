/**
 * Flood node: a node in a process of its own that sends numbers to others at a steady rate, and keeps
 * account of the numbers that it hears. The test that started it reads the account over IPC.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Actor } from '../../runtime/actor.js'
import { refOf, type NodeAddress } from '../../runtime/address.js'
import { nactTurns } from '../../runtime/nact.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { natural, text } from '../../runtime/schema.js'
import { System } from '../../runtime/system.js'
import type { Connection, TransportVitals } from '../../runtime/transport.js'
import { amqpLink } from '../../infra/amqp/link.js'
import { systemClock } from '../../infra/clock.js'
import { openPost } from '../../infra/post.js'
import { systemRandom } from '../../infra/random.js'

export interface FloodOptions {
  readonly self: NodeAddress
  readonly urls: readonly string[]
  readonly peers: readonly NodeAddress[]
  /** To all peers together. */
  readonly perSecond: number
}

export interface Heard {
  readonly count: number
  readonly last: number
  /** Numbers that were not greater than the one before: doubles, and what came too late. */
  readonly disordered: number
}

export interface Account {
  readonly sent: Readonly<Record<NodeAddress, number>>
  readonly heard: Readonly<Record<NodeAddress, Heard>>
  readonly deadLetters: Readonly<Record<string, number>>
  readonly states: readonly Connection[]
  readonly vitals: TransportVitals
  readonly rssMaxBytes: number
  /** When the first number came after the last silence of at least `SILENCE_MS`; wall clock. */
  readonly backAtMs: number
}

export type Order = 'flood' | 'pause' | 'report' | 'stop'

const SELF = fileURLToPath(import.meta.url)
const TICK_MS = 5
const SILENCE_MS = 200
/** What a late tick may catch up with: a burst beyond it is not a steady rate any more. */
const CATCH_UP_MS = 100
const LIMIT_MS = 30_000
const protocol = { number: message(1, 'The next number from this sender.', { from: text(), n: natural }) }
type Numbered = MessageOf<typeof protocol>

export class FloodNode {
  private constructor(readonly self: NodeAddress, private readonly child: ChildProcess) {}

  /** Resolves once the node has joined. */
  static async start(options: FloodOptions): Promise<FloodNode> {
    const child = fork(SELF, [JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    await once(child, 'message')
    return new FloodNode(options.self, child)
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  flood(): void {
    this.child.send('flood' satisfies Order)
  }

  pause(): void {
    this.child.send('pause' satisfies Order)
  }

  async report(): Promise<Account> {
    this.child.send('report' satisfies Order)
    const [account] = await once(this.child, 'message', { signal: AbortSignal.timeout(LIMIT_MS) }) as [Account]
    return account
  }

  /** Resolves once the account is as it should be; the test's own timeout bounds it. */
  async until(met: (account: Account) => boolean): Promise<Account> {
    for (;;) {
      const account = await this.report()
      if (met(account)) return account
    }
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return
    this.child.send('stop' satisfies Order)
    await once(this.child, 'exit')
  }
}

async function run({ self, urls, peers, perSecond }: FloodOptions): Promise<void> {
  const system = new System(self, {
    turns: nactTurns(self.replace('@', '.')), clock: systemClock, random: systemRandom,
    registry: new Registry(protocol), logger: { log: () => undefined }, collapsed: () => process.exit(1),
  })
  const heard = new Map<string, { count: number; last: number; disordered: number }>()
  const states: Connection[] = []
  let [silentSinceMs, backAtMs] = [Date.now(), 0]
  const counter: Actor<null, Numbered> = {
    accepts: protocol,
    initial: () => null,
    receive(state, { from, n }) {
      const now = Date.now()
      if (now - silentSinceMs >= SILENCE_MS) backAtMs = now
      silentSinceMs = now
      const of = heard.get(from) ?? { count: 0, last: 0, disordered: 0 }
      heard.set(from, of)
      of.count++
      if (n <= of.last) of.disordered++
      else of.last = n
      return state
    },
  }
  system.onConnection((state) => states.push(state))
  system.spawn('counter', counter)
  await system.join((receiver) => openPost(self, amqpLink(urls, 'flood'), receiver))
  const sent = new Map(peers.map((peer) => [peer, 0]))
  let rssMaxBytes = 0
  let floodingSinceMs: number | undefined
  let due = 0
  let reportsDue = 0
  const report = (): void => {
    const account: Account = {
      sent: Object.fromEntries(sent), heard: Object.fromEntries(heard), states, rssMaxBytes, backAtMs,
      deadLetters: Object.fromEntries(system.deadLetters.countsByReason()),
      vitals: system.transport() as TransportVitals,
    }
    process.send?.(account)
  }
  const tick = (): void => {
    rssMaxBytes = Math.max(rssMaxBytes, process.memoryUsage.rss())
    for (; reportsDue > 0; reportsDue--) report()
    if (floodingSinceMs === undefined) return
    const now = performance.now()
    due += Math.min(now - floodingSinceMs, CATCH_UP_MS) * perSecond / 1_000
    floodingSinceMs = now
    for (let turn = 0; due >= 1; due--, turn++) {
      const peer = peers[turn % peers.length] as NodeAddress
      const n = (sent.get(peer) ?? 0) + 1
      sent.set(peer, n)
      system.tell(refOf<Numbered>(peer, 'counter'), { type: 'number', from: self, n })
    }
  }
  setInterval(tick, TICK_MS)
  process.on('message', (order: Order) => {
    switch (order) {
      case 'flood':
        floodingSinceMs = performance.now()
        return
      case 'pause':
        floodingSinceMs = undefined
        return
      case 'report':
        reportsDue++
        return
      case 'stop': return void system.stop().then(() => process.exit(0))
    }
  })
  process.send?.('joined')
}

if (process.argv[1] === SELF && process.send) await run(JSON.parse(process.argv[2] ?? '') as FloodOptions)
