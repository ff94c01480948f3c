/**
 * Rounds: how a figure is measured. Subject and peer take turns in the same run, so that whatever else
 * the machine does befalls both; what counts is the ratio within each round.
 */
export const ROUNDS = 7

export interface Row {
  readonly bench: string
  readonly row: string
  readonly value: number
  readonly unit: string
  /** What it is compared with, and the peer's own value in the same unit. */
  readonly peer: string
  readonly peerValue: number
  /** Subject over peer: median, least and greatest of the rounds. */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number }
  readonly rounds: number
  /** What the median is wanted to be. */
  readonly goal?: Goal
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

interface Circumstances {
  readonly rounds?: number
  readonly progress?: (text: string) => void
}

type Naming = Pick<Row, 'bench' | 'row' | 'unit' | 'peer' | 'goal'>

export interface Contest extends Circumstances, Naming {
  /** Each answers one round's value in the contest's unit. */
  readonly subject: () => Promise<number>
  readonly rival: () => Promise<number>
}

/** Runs one round of each to warm up, then the rounds that count. */
export async function contest({ subject, rival, rounds, progress, ...naming }: Contest): Promise<Row> {
  const [row] = await contestOfMany({
    namings: [naming], subject: async () => [await subject()], rival: async () => [await rival()],
    ...(rounds === undefined ? {} : { rounds }), ...(progress ? { progress } : {}),
  })
  return row as Row
}

export interface ContestOfMany extends Circumstances {
  /** A row for each of the values that a round brings. */
  readonly namings: readonly Naming[]
  readonly subject: () => Promise<readonly number[]>
  readonly rival: () => Promise<readonly number[]>
}

/** A contest whose rounds bring several values at once. */
export async function contestOfMany(of: ContestOfMany): Promise<Row[]> {
  const { namings, rounds = ROUNDS, subject, rival, progress } = of
  await rival()
  await subject()
  const values: { readonly subject: readonly number[]; readonly rival: readonly number[] }[] = []
  for (let round = 1; round <= rounds; round++) {
    progress?.(`${namings[0]?.bench}: ${namings[0]?.row}, round ${round} of ${rounds}`)
    // Who goes first alternates, so that neither always finds the caches warm.
    const first = round % 2 === 0 ? await subject() : await rival()
    const second = round % 2 === 0 ? await rival() : await subject()
    values.push(round % 2 === 0 ? { subject: first, rival: second } : { subject: second, rival: first })
  }
  return namings.map((naming, index) => rowOf(naming, values.map((value) =>
    ({ subject: value.subject[index] ?? NaN, rival: value.rival[index] ?? NaN }))))
}

/** In the order in which `--json` prints it. */
function rowOf(
  { bench, row, unit, peer, goal }: Naming, values: readonly { readonly subject: number; readonly rival: number }[],
): Row {
  const ratios = values.map(({ subject, rival }) => subject / rival)
  return {
    bench, row, value: median(values.map(({ subject }) => subject)), unit,
    peer, peerValue: median(values.map(({ rival }) => rival)),
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
    rounds: values.length, ...(goal ? { goal } : {}),
  }
}

/** Whether the median is what was wanted; true when nothing was. */
export function isMet({ goal, ratio }: Row): boolean {
  if (!goal) return true
  return 'atLeast' in goal ? ratio.median >= goal.atLeast : ratio.median <= goal.atMost
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}
