/**
 * Agent shares: how one machine is divided among the agents of a cluster that is played on it.
 *
 * Processors, memory and disk in equal parts, so that together the agents promise what is there; at
 * least one processor each, since an agent with half of one can hold hardly any task. Ports are cut
 * into pieces that do not overlap: two tasks of one machine must never be given the same port.
 */
import { of } from '../../actors/resources/amounts.js'
import { add, type Resources } from '../../actors/resources/resources.js'
import type { Machine } from '../probe.js'

/** An agent with fewer ports than this is of little use. */
const PORTS_MIN = 10
/** More agents than this on one machine would have hardly any ports or memory. */
export const AGENTS_MAX = 64

/** What each of `count` agents offers. Throws a RangeError when the machine cannot be cut so finely. */
export function agentShares(count: number, { cpus, memMb, diskMb, ports }: Machine): readonly Resources[] {
  if (!Number.isInteger(count) || count < 1 || count > AGENTS_MAX) {
    throw new RangeError(`${count} agents on one machine: choose between 1 and ${AGENTS_MAX}`)
  }
  const pieces = portPieces(count, ports)
  return pieces.map((piece) => of({
    cpus: Math.max(1, Math.floor(cpus / count)), mem: Math.floor(memMb / count),
    disk: Math.floor(diskMb / count), ports: piece,
  }))
}

/** What is `given` as it is, the rest from the share. */
export function overShare(given: Resources, share: Resources): Resources {
  const named = new Set([given.scalars, given.ranges, given.sets].flatMap((table) => Object.keys(table)))
  const rest = <T>(table: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(table).filter(([name]) => !named.has(name)))
  return add(given, { scalars: rest(share.scalars), ranges: rest(share.ranges), sets: rest(share.sets) })
}

type Piece = readonly { readonly begin: number; readonly end: number }[]

function portPieces(count: number, ports: Machine['ports']): readonly Piece[] {
  const [first, last] = ports[0] ?? [31_000, 32_000]
  const all = last - first + 1
  const size = Math.floor(all / count)
  if (size < PORTS_MIN) throw new RangeError(`${all} ports do not suffice for ${count} agents: choose fewer`)
  return Array.from({ length: count }, (_, index) => {
    const begin = first + index * size
    return [{ begin, end: index === count - 1 ? last : begin + size - 1 }]
  })
}
