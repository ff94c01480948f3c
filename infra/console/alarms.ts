/** Alarms: what an operator should look at, from what is known at a glance. Pure. */
import type { OverviewView } from '../../actors/protocol/operator.js'
import { changeText, type Change } from './leader-change.js'
import type { Pulse } from './pulse.js'

export interface Alarm {
  readonly level: 'bad' | 'warn'
  readonly title: string
  readonly text: string
  /** The page that says more. */
  readonly link?: readonly string[]
}

const NAMED_MAX = 4
/** Dead letters of so many seconds are compared. */
const WINDOW = 60

/** A change of the leader is told of for so long. */
const CHANGE_TOLD_MS = 600_000

export function alarmsOf(
  { agents, frameworks, away }: OverviewView,
  pulses: readonly Pulse[],
  changes: readonly Change[] = [],
): readonly Alarm[] {
  const alarms: Alarm[] = []
  const [change, nowMs] = [changes.at(-1), pulses.at(-1)?.atMs ?? 0]
  if (change && nowMs - change.untilMs < CHANGE_TOLD_MS) {
    const title = `The leader changed: ${change.is} leads`
    alarms.push({ level: 'warn', title, text: changeText(change), link: ['events'] })
  }
  const add = (
    level: Alarm['level'],
    count: number | undefined,
    words: string,
    noun: 'agent' | 'framework',
    state: string,
  ) => {
    if (!count) return
    const names = away.filter((each) => each.noun === noun && each.state === state).map(({ name }) => name)
    const more = count > NAMED_MAX ? ` and ${count - NAMED_MAX} more` : ''
    const title = `${count} ${noun}${count === 1 ? '' : 's'} ${state}`
    alarms.push({
      level,
      title,
      text: `${names.slice(0, NAMED_MAX).join(', ')}${more}: ${words}`,
      link: [`${noun}s`],
    })
  }
  add('bad', agents['unreachable'], 'silent for too long; tasks there are UNREACHABLE', 'agent', 'unreachable')
  add('warn', agents['disconnected'], 'away for the moment; tasks there run on', 'agent', 'disconnected')
  add(
    'warn',
    frameworks['disconnected'],
    'nobody decides for its tasks until it comes back',
    'framework',
    'disconnected',
  )
  if (Object.keys(agents).length === 0)
    alarms.push({ level: 'warn', title: 'No agents', text: 'nothing can run: start one with warren agent' })
  const { own } = pulses.at(-1) ?? {}
  if (own && own.connection !== 'connected') {
    const text = own.reason ?? 'what the leader says does not arrive'
    alarms.push({ level: 'bad', title: `The broker connection is ${own.connection}`, text, link: ['broker'] })
  }
  const before = pulses.slice(-WINDOW)[0]
  const rising = own && before ? own.deadLetters - before.own.deadLetters : 0
  if (rising > 0) {
    const text = `${rising} more in the last minute, at the leader`
    alarms.push({ level: 'warn', title: 'Dead letters are rising', text, link: ['dead-letters'] })
  }
  return alarms
}
