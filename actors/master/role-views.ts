/** Role views: who has how much in which role, and which part of the cluster that is. Pure. */
import type { FrameworkId, Role } from '../protocol/ids.js'
import type { RoleView } from '../protocol/operator.js'
import { isTerminal } from '../protocol/task.js'
import type { Resources } from '../resources/resources.js'
import { tasksOf } from './cluster.js'
import type { Knowledge } from './decision.js'
import { ScalarSum, type Scalars } from './scalar-sum.js'

class Held {
  readonly used = new ScalarSum()
  tasks = 0
}

class RoleHeld extends Held {
  readonly offered = new ScalarSum()
  readonly members = new Map<FrameworkId, Held>()

  member(frameworkId: FrameworkId): Held {
    return entry(this.members, frameworkId, () => new Held())
  }
}

export function rolesOf({ cluster, present }: Knowledge): RoleView[] {
  const roles = new Map<Role, RoleHeld>()
  const of = (role: Role): RoleHeld => entry(roles, role, () => new RoleHeld())
  const charge = (role: Role, frameworkId: FrameworkId, resources: Resources, tasks: number): void => {
    for (const held of [of(role), of(role).member(frameworkId)]) {
      held.used.add(resources)
      held.tasks += tasks
    }
  }
  for (const { frameworkId, info } of cluster.frameworks.values()) {
    for (const role of info.roles) of(role).member(frameworkId)
  }
  for (const { role, frameworkId, task, state } of tasksOf(cluster)) {
    if (!isTerminal(state)) charge(role, frameworkId, task.resources, 1)
  }
  for (const { role, frameworkId, resources } of cluster.executors.values()) charge(role, frameworkId, resources, 0)
  for (const { offer } of present.offers.values()) of(offer.role).offered.add(offer.resources)
  const total = totalOf({ cluster }).amounts()
  return [...roles].map(([id, held]): RoleView => {
    const used = held.used.amounts()
    const members = [...held.members].map(([framework, each]) => {
      const amounts = each.used.amounts()
      const name = cluster.frameworks.get(framework)?.info.name ?? ''
      return { framework, name, used: amounts, share: dominantOf(amounts, total).share, tasks: each.tasks }
    })
    return { id, used, offered: held.offered.amounts(), ...dominantOf(used, total), tasks: held.tasks, members }
  })
}

/** Of agents that can be reached. */
export function totalOf({ cluster }: Pick<Knowledge, 'cluster'>): ScalarSum {
  const total = new ScalarSum()
  for (const agent of cluster.agents.values()) {
    if (agent.unreachableSinceMs === undefined) total.add(agent.info.resources)
  }
  return total
}

/** The resource of which it has the largest part. */
export function dominantOf(used: Scalars, total: Scalars): { readonly share: number; readonly dominant: string } {
  let [share, dominant] = [0, '']
  for (const [name, amount] of Object.entries(used)) {
    const all = total[name] ?? 0
    if (all > 0 && amount / all > share) [share, dominant] = [amount / all, name]
  }
  return { share, dominant }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
