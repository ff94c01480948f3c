/** Family: one figure of a node, with all that it is divided into. */
export type Labels = Readonly<Record<string, string>>
export type Sample = readonly [labels: Labels, value: number]

/** One name, and what there is of it now. Without samples it is left out. */
export interface Family {
  readonly type: 'gauge' | 'counter'
  /** That of a counter ends with `_total`. */
  readonly name: string
  readonly help: string
  readonly samples: readonly Sample[]
}

export const gauge = (name: string, help: string, samples: readonly Sample[]): Family =>
  ({ type: 'gauge', name, help, samples })
export const counter = (name: string, help: string, samples: readonly Sample[]): Family =>
  ({ type: 'counter', name, help, samples })
/** Of what has no labels. */
export const only = (value: number): readonly Sample[] => [[{}, value]]
/** Every state has its line, so that a graph of it begins at zero. */
export const byLabel = (
  label: string, states: readonly string[], counts: Readonly<Record<string, number | undefined>>,
): readonly Sample[] => states.map((state) => [{ [label]: state }, counts[state] ?? 0])
