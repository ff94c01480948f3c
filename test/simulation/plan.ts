/**
 * Plan: what goes wrong in a run, and when. It follows from the seed alone, and is plain data, so that parts
 * of it can be left out to see whether the rest still leads to the same end.
 */
import { seededRandom } from '../../runtime/random.js'

export const FAULTS = {
  exit: 'a process ends by itself, somehow',
  crash: 'a node is killed and comes back',
  reboot: 'a machine is started anew with its agent',
  leave: 'an agent leaves in order and comes back',
  loss: 'a node loses its connection for a moment, and what is under way with it',
  repeat: 'the same, and what is unconfirmed is sent again',
  cut: 'a node is cut off from all others for long',
  mute: 'what a node sends goes nowhere, until its connection ends',
  deaf: 'what is sent to a node goes nowhere, until its connection ends',
  slow: 'what a node sends and is sent comes late',
  stall: 'a node is frozen and goes on',
  'log-cut': 'a master cannot reach the log',
  'log-mute': 'a master cannot write into the log',
  'log-deaf': 'a master cannot read the log',
  'log-repeat': 'a master repeats what it has written',
  'token-cut': 'a master cannot reach the token',
  'token-lost': 'nobody has the token',
  'token-twice': 'two have the token',
  'disk-full': 'an agent’s journal refuses',
  failover: 'a second scheduler comes under the same id',
  finish: 'a framework is torn down, and another comes',
  jump: 'the wall clock of a node is set by up to an hour',
  'tail-lost': 'the log loses its last entries, although they were read',
  'log-lost': 'what a master writes into the log goes nowhere, until it takes another way',
  'log-anew': 'the log is deleted, and the old one comes back later',
} as const
export type Fault = keyof typeof FAULTS

export interface Step {
  readonly atMs: number
  readonly fault: Fault
  /** Chooses whom it befalls, of those who are there then. */
  readonly who: number
  readonly forMs: number
  /** Chooses whatever else there is to choose. */
  readonly how: number
}

export interface PlanOptions {
  readonly seed: number
  readonly steps: number
  /** These alone, besides processes that end. */
  readonly only?: readonly Fault[] | undefined
}

const STEP_MS = 800
const BEGIN_MS = 1_500
const CHOICES = 2 ** 30

/** How long each lasts: up to the first, and sometimes up to the second. */
const LASTS: Partial<Record<Fault, readonly [number, number]>> = {
  crash: [3_000, 60_000], reboot: [3_000, 30_000], leave: [12_000, 30_000], loss: [500, 3_000], repeat: [500, 3_000],
  cut: [20_000, 60_000], slow: [10_000, 20_000], stall: [6_000, 30_000],
}
const LASTS_OTHERWISE = [8_000, 20_000] as const

export function planOf({ seed, steps, only }: PlanOptions): Step[] {
  const random = seededRandom(seed ^ 0x5eed)
  const allowed = only ?? (Object.keys(FAULTS) as Fault[]).filter((fault) => fault !== 'exit')
  // Few kinds together find what many at once would hide.
  const share = 0.1 + random.next() * 0.6
  const some = allowed.filter(() => random.next() < share)
  const faults = some.length > 0 || allowed.length === 0 ? some : [allowed[seed % allowed.length] as Fault]
  const exits = random.next() * 0.8
  const plan: Step[] = []
  let atMs = BEGIN_MS
  for (let index = 0; index < steps; index++) {
    atMs += random.next() * STEP_MS
    const chosen = faults[Math.floor(random.next() * faults.length)]
    const fault = random.next() < exits ? 'exit' : chosen ?? 'exit'
    const [usualMs, longMs] = LASTS[fault] ?? LASTS_OTHERWISE
    const forMs = random.next() * (random.next() < 0.8 ? usualMs : longMs)
    const [who, how] = [Math.floor(random.next() * CHOICES), Math.floor(random.next() * CHOICES)]
    plan.push({ atMs: Math.round(atMs), fault, who, forMs: Math.round(forMs), how })
  }
  return plan
}
