/** Spark: how a figure went lately, as a line without an axis; the figure itself stands beside it. */
const WIDTH = 240
const HEIGHT = 34

interface SparkProps {
  readonly values: readonly number[]
  readonly label: string
  /** What its height stands for; the largest value unless given. */
  readonly most?: number
  /** What a screen reader says of it. */
  readonly summary?: string
}

export function Spark({ values, label, most = Math.max(1, ...values), ...said }: SparkProps) {
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 5)).toFixed(1)}`,
  )
  const summary = said.summary ?? `${label}, last ${values.length} seconds: at most ${most}, now ${values.at(-1) ?? 0}`
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  )
}
