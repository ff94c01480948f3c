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
}

export interface Contest {
  readonly bench: string
  readonly row: string
  readonly unit: string
  readonly peer: string
  readonly rounds?: number
  /** Each answers one round's value in the contest's unit. */
  readonly subject: () => Promise<number>
  readonly rival: () => Promise<number>
  readonly progress?: (text: string) => void
}

/** Runs one round of each to warm up, then the rounds that count. */
export async function contest(of: Contest): Promise<Row> {
  const { bench, row, unit, peer, rounds = ROUNDS, subject, rival, progress } = of
  await rival()
  await subject()
  const values: { readonly subject: number; readonly rival: number }[] = []
  for (let round = 1; round <= rounds; round++) {
    progress?.(`${bench}: ${row}, round ${round} of ${rounds}`)
    // Who goes first alternates, so that neither always finds the caches warm.
    const first = round % 2 === 0 ? await subject() : await rival()
    const second = round % 2 === 0 ? await rival() : await subject()
    values.push(round % 2 === 0 ? { subject: first, rival: second } : { subject: second, rival: first })
  }
  const ratios = values.map((value) => value.subject / value.rival)
  return {
    bench, row, unit, peer, rounds,
    value: median(values.map((value) => value.subject)), peerValue: median(values.map((value) => value.rival)),
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}
