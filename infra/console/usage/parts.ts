/** Parts: how much of a machine is busy or full, and how that stands to what is allocated of it. Pure. */
import type { Amounts } from '../../../actors/resources/amounts.js'
import type { MachineUsage } from '../../../actors/protocol/usage.js'
import { bytes, percent, short } from '../format.js'

const MEBIBYTE = 1_048_576
/** Of what is allocated: with less than this busy, nobody would miss most of it. */
const IDLE_PART = 0.2
const ALLOCATED_PART = 0.5
/** Beyond this a machine is short of something. */
const SHORT_PART = 0.92

export interface Side {
  readonly part: number
  /** `0.5 of 4 CPU` */
  readonly words: string
}

/** One resource from both sides: what is promised of it, and what is made of it. */
export interface Line {
  readonly name: string
  readonly title: string
  readonly allocated: Side | undefined
  readonly busy: Side
}

type AmountsOf = Readonly<{ resources: Amounts; used: Amounts }>

const partOf = (value: number, total: number): number => (total > 0 ? Math.min(1, Math.max(0, value / total)) : 0)
const numberOf = (amounts: Amounts, name: string): number =>
  typeof amounts[name] === 'number' ? (amounts[name] as number) : 0

export const cpuPart = ({ cpus, cpusUsed }: MachineUsage): number => partOf(cpusUsed, cpus)
export const memPart = ({ memBytes, memUsedBytes }: MachineUsage): number => partOf(memUsedBytes, memBytes)
export const diskPart = ({ diskBytes, diskUsedBytes }: MachineUsage): number => partOf(diskUsedBytes, diskBytes)

export function linesOf(usage: MachineUsage, { resources, used }: AmountsOf): readonly Line[] {
  const allocated = (name: string, say: (amount: number) => string, unit: string): Side | undefined => {
    const [taken, total] = [numberOf(used, name), numberOf(resources, name)]
    return total > 0 ? { part: partOf(taken, total), words: `${say(taken)} of ${say(total)}${unit}` } : undefined
  }
  const ofMb = (amount: number) => bytes(amount * MEBIBYTE)
  return [
    {
      name: 'cpus', title: 'CPU', allocated: allocated('cpus', short, ' CPU'),
      busy: { part: cpuPart(usage), words: `${short(usage.cpusUsed)} of ${short(usage.cpus)} CPU${byTasks(usage)}` },
    },
    {
      name: 'mem', title: 'Memory', allocated: allocated('mem', ofMb, ''),
      busy: { part: memPart(usage), words: `${bytes(usage.memUsedBytes)} of ${bytes(usage.memBytes)}` },
    },
    {
      name: 'disk', title: 'Disk', allocated: allocated('disk', ofMb, ''),
      busy: { part: diskPart(usage), words: `${bytes(usage.diskUsedBytes)} of ${bytes(usage.diskBytes)}` },
    },
  ]
}

/** Much of what a machine does may have nothing to do with its tasks. */
function byTasks({ launches = [] }: MachineUsage): string {
  const cpus = launches.reduce((sum, launch) => sum + (launch.cpus ?? 0), 0)
  return launches.length === 0 ? '' : `, ${short(Math.round(cpus * 100) / 100)} by tasks`
}

/** What an operator should know about the two sides, if anything. */
export function remarkOf(lines: readonly Line[]): string | undefined {
  const scarce = lines.filter(({ busy }) => busy.part >= SHORT_PART)
  if (scarce.length > 0) {
    const names = scarce.map(({ title, busy }) => `${percent(busy.part)} of its ${inText(title)}`)
    return `${names.join(' and ')} is in use: what runs here may have to wait, or fail.`
  }
  const idle = lines.filter(({ name, allocated, busy }) =>
    name !== 'disk' && allocated && allocated.part >= ALLOCATED_PART && busy.part < allocated.part * IDLE_PART)
  const [first] = idle
  if (!first?.allocated) return undefined
  const { allocated: { part }, busy, title } = first
  return `${percent(part)} of its ${inText(title)} is allocated and ${percent(busy.part)} in use: tasks here ask for `
    + 'more than they need.'
}

const inText = (title: string): string => (title === 'CPU' ? title : title.toLowerCase())

/** The last of a row, at most so many. */
export const kept = <T>(row: readonly T[], next: T, max: number): readonly T[] => [...row, next].slice(-max)

/** Whose use is to be asked for next: those that were asked longest ago, if that is long enough. */
export function dueOf(
  wanted: Iterable<string>, askedMs: ReadonlyMap<string, number>, nowMs: number, againMs: number, max: number,
): readonly string[] {
  const since = (id: string) => askedMs.get(id) ?? Number.NEGATIVE_INFINITY
  return [...wanted]
    .filter((id) => nowMs - since(id) >= againMs)
    .sort((left, right) => (since(left) < since(right) ? -1 : since(left) > since(right) ? 1 : 0))
    .slice(0, max)
}
