/**
 * Clock check: how far this machine's clock is from another's, whose answer says the time in whole seconds.
 * Deadlines between nodes are wall-clock times, with some seconds of grace.
 */
import { CLOCK_SKEW_MAX_MS } from '../../runtime/system.js'
import { problem, unknown, warning, well, type Finding } from './finding.js'

/** What the answer's form and its way leave open. */
const UNSURE_MS = 1_000

export interface Clock {
  /** `the broker at mq`. */
  readonly whose: string
  readonly theirMs: number
  readonly ourMs: number
}

export function clockCheck(clocks: readonly Clock[]): Finding {
  const [first, ...others] = clocks
  if (!first) {
    return unknown('clock', "nobody was there to compare with: neither a master nor the broker's management interface")
  }
  const worst = others.reduce((far, each) => (Math.abs(offset(each)) > Math.abs(offset(far)) ? each : far), first)
  const offMs = offset(worst)
  const fix = 'let a time service set the clocks of all machines, such as chrony or systemd-timesyncd'
  const says = `${(Math.abs(offMs) / 1_000).toFixed(1)} s ${offMs > 0 ? 'behind' : 'ahead of'} ${worst.whose}`
  if (Math.abs(offMs) > CLOCK_SKEW_MAX_MS + UNSURE_MS) {
    return problem('clock', `${says}; beyond ${CLOCK_SKEW_MAX_MS / 1_000} s questions expire before they are read`, fix)
  }
  if (Math.abs(offMs) > 2 * UNSURE_MS) return warning('clock', says, fix)
  return well('clock', `as that of ${clocks.map(({ whose }) => whose).join(' and ')}, to the second`)
}

/** The time that is told is the beginning of its second: on average half of one has passed. */
const offset = ({ theirMs, ourMs }: Clock): number => theirMs + UNSURE_MS / 2 - ourMs
