/**
 * Shares: who comes first, on two levels: roles by their weights, and frameworks within each role.
 *
 * A framework that has left a role, or the cluster, stays counted there while it still holds something,
 * since what it holds is not there for others.
 */
import type { FrameworkId, Role } from '../protocol/ids.js'
import type { Resources } from '../resources/resources.js'
import { Pool, Sorter, type Standing } from './sorter.js'

export class Shares {
  readonly pool = new Pool()
  private readonly roles = new Sorter<Role>(this.pool)
  private readonly frameworks = new Map<Role, Sorter<FrameworkId>>()
  private readonly weights = new Map<Role, number>()

  /** Throws a RangeError for a weight that is not above 0. */
  setWeight(role: Role, weight: number): void {
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new RangeError(`the weight of ${role} is ${weight}: it must be above 0`)
    }
    this.weights.set(role, weight)
    if (this.roles.has(role)) this.roles.setWeight(role, weight)
  }

  weight(role: Role): number {
    return this.weights.get(role) ?? 1
  }

  /** Whether the framework is listed under the role. */
  setActive(frameworkId: FrameworkId, role: Role, active: boolean): void {
    const sorter = active ? this.entered(frameworkId, role) : this.frameworks.get(role)
    if (sorter === undefined || !sorter.has(frameworkId)) return
    sorter.setActive(frameworkId, active)
    this.roles.setActive(role, sorter.hasActive)
    if (!active) this.leaveIfIdle(frameworkId, role, sorter)
  }

  charge(frameworkId: FrameworkId, role: Role, resources: Resources): void {
    this.entered(frameworkId, role).charge(frameworkId, resources)
    this.roles.charge(role, resources)
  }

  refund(frameworkId: FrameworkId, role: Role, resources: Resources): void {
    const sorter = this.frameworks.get(role)
    if (sorter === undefined || !sorter.has(frameworkId)) return
    sorter.refund(frameworkId, resources)
    this.roles.refund(role, resources)
    if (!sorter.isActive(frameworkId)) this.leaveIfIdle(frameworkId, role, sorter)
  }

  /** Roles with somebody to offer to, the one with the least first; see `Sorter.ordered`. */
  orderedRoles(): readonly Standing<Role>[] {
    return this.roles.ordered()
  }

  orderedFrameworks(role: Role): readonly Standing<FrameworkId>[] {
    return this.frameworks.get(role)?.ordered() ?? []
  }

  /** Weighted dominant share of a role; 0 where it has nothing. */
  roleShare(role: Role): number {
    return this.roles.has(role) ? this.roles.share(role) : 0
  }

  /** Dominant share of a framework within a role; 0 where it has nothing. */
  frameworkShare(frameworkId: FrameworkId, role: Role): number {
    const sorter = this.frameworks.get(role)
    return sorter?.has(frameworkId) === true ? sorter.share(frameworkId) : 0
  }

  private entered(frameworkId: FrameworkId, role: Role): Sorter<FrameworkId> {
    const sorter = this.frameworks.get(role) ?? new Sorter<FrameworkId>(this.pool)
    this.frameworks.set(role, sorter)
    this.roles.add(role, this.weight(role))
    sorter.add(frameworkId)
    return sorter
  }

  private leaveIfIdle(frameworkId: FrameworkId, role: Role, sorter: Sorter<FrameworkId>): void {
    if (!sorter.holdsNothing(frameworkId)) return
    sorter.remove(frameworkId)
    if (sorter.size > 0) return
    this.frameworks.delete(role)
    this.roles.remove(role)
  }
}
