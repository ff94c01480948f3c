/** Election conformance: what masters rely on of the token, whichever twin of it they use. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ElectionEvent, ElectionRequest } from '../../actors/protocol/registrar.js'
import { nodeAddress, refOf, type Ref } from '../../runtime/address.js'

export interface Way {
  readonly handle: (request: ElectionRequest) => void
  /** Ends this node's place in the election. */
  end(): Promise<void>
}
export type OpenElection = (
  election: string, tell: (to: Ref<ElectionEvent>, event: ElectionEvent) => void,
) => Promise<Way>

const LIMIT = { timeout: 60_000 }
const NODE = nodeAddress('master', 'candidate', 'life1')

/** One who campaigns, and lets a test wait for what it hears. */
export class Candidate {
  readonly heard: string[] = []
  private way: Way | undefined
  private waiting: (() => void)[] = []

  static async of(election: string, open: OpenElection): Promise<Candidate> {
    const candidate = new Candidate()
    candidate.way = await open(election, (_to, { type }) => {
      candidate.heard.push(type)
      for (const wake of candidate.waiting.splice(0)) wake()
    })
    return candidate
  }

  campaign(): void {
    this.way?.handle({ type: 'campaign', replyTo: refOf(NODE, 'candidate') })
  }

  ask(type: 'renew' | 'pass-on'): void {
    this.way?.handle({ type })
  }

  /** Waits for one event. A renewal may also come unasked: tokens that were seeded twice melt into one. */
  async hears(expected: string): Promise<void> {
    for (;;) {
      const event = this.heard.shift()
      if (event === expected) return
      if (event !== undefined) assert.equal(event, 'token-renewed', `instead of ${expected}`)
      else await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  async end(): Promise<void> {
    await this.way?.end()
  }
}

export function electionConformance(open: OpenElection): void {
  test('of those who campaign one has the token, which it can renew as often as it likes', LIMIT, async () => {
    const [one, two] = [await Candidate.of('single', open), await Candidate.of('single', open)]
    one.campaign()
    await one.hears('token-taken')
    two.campaign()
    for (let round = 0; round < 50; round++) {
      one.ask('renew')
      await one.hears('token-renewed')
    }
    two.ask('renew')
    assert.deepEqual(two.heard, [], 'who has no token cannot renew it')
    await Promise.all([one.end(), two.end()])
  })

  test('when its holder ends, the next one has it', LIMIT, async () => {
    const candidates = [
      await Candidate.of('ends', open), await Candidate.of('ends', open), await Candidate.of('ends', open),
    ]
    for (const candidate of candidates) candidate.campaign()
    // In which order they came to the token is not said.
    const taking = new Map(candidates.map((candidate) => [candidate, candidate.hears('token-taken')]))
    while (taking.size > 0) {
      const holder = await Promise.race([...taking].map(([candidate, taken]) => taken.then(() => candidate)))
      taking.delete(holder)
      holder.ask('renew')
      await holder.hears('token-renewed')
      await holder.end()
    }
  })

  test('who passes it on stands behind all others, and has it again when they have ended', LIMIT, async () => {
    const [one, two] = [await Candidate.of('passed', open), await Candidate.of('passed', open)]
    one.campaign()
    await one.hears('token-taken')
    two.campaign()
    one.ask('pass-on')
    await two.hears('token-taken')
    await two.end()
    await one.hears('token-taken')
    one.ask('pass-on')
    await one.hears('token-taken')
    await one.end()
  })

  test('a holder that campaigns again is told again that it has the token', LIMIT, async () => {
    const one = await Candidate.of('again', open)
    one.campaign()
    await one.hears('token-taken')
    one.campaign()
    await one.hears('token-taken')
    await one.end()
  })
}
