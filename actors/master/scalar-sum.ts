/**
 * Scalar sum: how much there is of what can be counted (CPU, memory, disk) over many machines or tasks. Ports
 * and sets are left out: those of one machine are not those of another, so their sum means nothing.
 */
import { THOUSANDTHS, type Resources } from '../resources/resources.js'

export type Scalars = Readonly<Record<string, number>>

export class ScalarSum {
  private readonly thousandths = new Map<string, number>()

  add({ scalars }: Resources): void {
    for (const name of Object.keys(scalars)) {
      this.thousandths.set(name, (this.thousandths.get(name) ?? 0) + (scalars[name] ?? 0))
    }
  }

  amounts(): Scalars {
    return Object.fromEntries([...this.thousandths].map(([name, sum]) => [name, sum / THOUSANDTHS]))
  }
}
