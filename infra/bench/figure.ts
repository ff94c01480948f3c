/**
 * Figure: what was measured where no peer can run beside us: how long something takes on this machine, with
 * what others have published or what is wanted beside it.
 */
import { quantile } from './quantiles.js'

export interface Figure {
  readonly bench: string
  readonly row: string
  readonly unit: string
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** How often it was measured. */
  readonly count: number
  /** What `p50` and `p99` are wanted to be at most. */
  readonly wanted?: Wanted
  /** What it can be held against; not measured here. */
  readonly beside?: string
}

export interface Wanted {
  readonly p50?: number
  readonly p99?: number
}

type Naming = Omit<Figure, 'p50' | 'p99' | 'max' | 'count'>

/** In the order in which `--json` prints it. */
export function figureOf({ bench, row, unit, ...rest }: Naming, values: readonly number[]): Figure {
  const [p50, p99, max] = [quantile(values, 0.5), quantile(values, 0.99), Math.max(...values)]
  return { bench, row, unit, p50, p99, max, count: values.length, ...rest }
}

/** Whether it is as was wanted; true when nothing was. */
export const isReached = ({ p50, p99, wanted }: Figure): boolean =>
  p50 <= (wanted?.p50 ?? Infinity) && p99 <= (wanted?.p99 ?? Infinity)

export function printedFigure(figure: Figure): string {
  const { row, unit, p50, p99, max, count, wanted, beside } = figure
  const measured = count === 1 ? `${rounded(p50)} ${unit}`
    : `p50 ${rounded(p50)}, p99 ${rounded(p99)}, max ${rounded(max)} ${unit} of ${count}`
  const aims = Object.entries(wanted ?? {}).map(([name, most]) => (count === 1 ? `${most}` : `${name} ${most}`))
  const aim = aims.length === 0 ? ''
    : `; wanted at most ${aims.join(', ')}${isReached(figure) ? '' : ', which it is not'}`
  return `${row}: ${measured}${aim}${beside === undefined ? '' : `; ${beside}`}`
}

const rounded = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3))
