/** Exposition: figures as OpenMetrics text; the one importer of prom-client. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Family, Labels } from './family.js'

export const METRICS_TYPE = Registry.OPENMETRICS_CONTENT_TYPE

/** Counts how long something took, by kind. */
export const durations = (name: string, help: string, bucketsSeconds: readonly number[]): Histogram =>
  new Histogram({
    name, help, labelNames: ['kind'], buckets: [...bucketsSeconds], registers: [], enableExemplars: true,
  })

/** The text. A registry is made for it each time: what was counted elsewhere need not be kept here as well. */
export function exposition(families: readonly Family[], histograms: readonly Histogram[]): Promise<string> {
  const registry = new Registry<typeof METRICS_TYPE>()
  registry.setContentType(METRICS_TYPE)
  for (const { type, name, help, samples } of families) {
    if (samples.length === 0) continue
    const labelNames = Object.keys(samples[0]?.[0] ?? {})
    const options = { name, help, labelNames, registers: [registry] }
    const metric: { inc(labels: Labels, value: number): void } =
      type === 'gauge' ? new Gauge(options) : new Counter(options)
    for (const [labels, value] of samples) metric.inc(labels, value)
  }
  for (const histogram of histograms) registry.registerMetric(histogram)
  return registry.metrics()
}
