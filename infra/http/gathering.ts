/** Gathering: finds nodes, and asks them how they fare, masters among them, however many there are. */
import type { NodeVitals } from '../../actors/protocol/vitals.js'
import type { Gathered, GatherCall } from '../../actors/vitals/vitals.js'
import type { System } from '../../runtime/system.js'
import { vitalsOfNode } from '../node/vitals-port.js'
import { ambiguous } from './identity.js'
import type { MasterView } from './master-view.js'
import type { Questions } from './questions.js'
import { Refusal } from './refusal.js'

/** How long a node may take; nobody knows how many masters there are, so they are waited for so long. */
export const WITHIN_MS = 1_000
const MASTERS_WITHIN_MS = 250
export const ASK_MARGIN_MS = 2_000

/** @param masters all of them too; the own node always is */
export async function gather(
  system: System, nodes: readonly string[], masters: boolean, letters: number, mastersWithinMs = MASTERS_WITHIN_MS,
): Promise<Omit<Gathered, 'type'>> {
  const withinMs = nodes.length > 0 ? WITHIN_MS : mastersWithinMs
  const ask = (part: readonly string[], all: boolean, ms: number) =>
    system.ask<GatherCall, Gathered>(
      vitalsOfNode(system),
      (replyTo) => ({ type: 'gather', nodes: part, masters: all, letters, withinMs: ms, replyTo }),
      ms + ASK_MARGIN_MS,
    )
  const rounds = await Promise.all([
    ask([system.node, ...nodes], false, withinMs),
    ...(masters ? [ask([], true, mastersWithinMs)] : []),
  ])
  const byNode = new Map(rounds.flatMap((round) => round.nodes).map((each) => [each.node, each]))
  return { nodes: [...byNode.values()], silent: rounds.flatMap(({ silent }) => silent) }
}

/**
 * The node of that address, or of that name without its incarnation. Throws a `Refusal` when there is none, or more
 * than one. Masters are not known: any that an address names may be there, and a name is asked of all of them.
 */
export async function nodeNamed(named: string, system: System, questions: Questions): Promise<string> {
  if (named === system.node || ADDRESS_OF_MASTER.test(named)) return named
  const others = NAME_OF_MASTER.test(named)
    ? (await gather(system, [], true, 0)).nodes.map(({ node }) => node)
    : await questions.nodes()
  const known = [...new Set([system.node, ...others])]
  if (known.includes(named)) return named
  const [node, ...more] = known.filter((each) => each.startsWith(`${named}@`))
  if (node === undefined) throw new Refusal('not-found', `there is no node '${named}'`)
  if (more.length > 0) throw ambiguous('node', named, [node, ...more].sort())
  return node
}

const NAME_OF_MASTER = /^master-[\w.-]+$/
const ADDRESS_OF_MASTER = /^master-[\w.-]+@\w+$/

/** Asked by the leader, of all that are there. Nobody waits to see it, so that one that is busy is waited for. */
export async function mastersOf(system: System): Promise<readonly MasterView[]> {
  const { nodes } = await gather(system, [], true, 0, WITHIN_MS)
  return nodes.flatMap((each) => masterOf(each, system.node)).sort((one, other) => one.name.localeCompare(other.name))
}

function masterOf({ node, url, pageKey }: NodeVitals, own: string): MasterView[] {
  const [, name] = /^master-(.*)@/.exec(node) ?? []
  return name === undefined || url === undefined ? [] : [
    { name, url, leading: node === own, ...(pageKey === undefined ? {} : { pageKey }) },
  ]
}
