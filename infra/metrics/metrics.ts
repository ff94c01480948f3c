/**
 * Metrics: what a process tells of its nodes, as OpenMetrics text. No ids of tasks or actors are labels: there
 * is no end of them. Loaded when somebody first asks, so who does not ask pays nothing.
 */
import type { System } from '../../runtime/system.js'
import { stallFigures } from '../node/process-watch.js'
import { exposition } from './exposition.js'
import type { Family } from './family.js'
import { MessageTimes } from './message-times.js'
import { nodeFamilies, stallFamilies } from './node-families.js'
import { processFamilies } from './process-families.js'

export interface MetricsSources {
  readonly version: string
  /** Those of this process. */
  nodes(): readonly System[]
  /** What else this kind of node knows. Must not reject. */
  more?(): Promise<readonly Family[]>
}

export class Metrics {
  private readonly times = new MessageTimes()

  constructor(private readonly sources: MetricsSources) {}

  async text(): Promise<string> {
    const nodes = this.sources.nodes()
    this.times.listen(nodes)
    const more = await this.sources.more?.() ?? []
    const stalls = stallFigures()
    const families = [
      ...more, ...nodeFamilies(nodes, this.sources.version), ...stalls ? stallFamilies(stalls) : [],
      ...processFamilies(),
    ]
    return exposition(families, [this.times.histogram])
  }

  close(): void {
    this.times.close()
  }
}
