/**
 * Process table: what `/proc` says about processes.
 *
 * A pid alone names nothing, since pids are used again. So a process is recognised by a pid together
 * with something that no successor has: its start time, its command line, or a mark in its environment.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'

function read(pid: number | 'self' | 'sys' | '.', file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return undefined // Ended, or another user's.
  }
}

/** The fields of `stat` from the state onwards; undefined when there is no such process or thread. */
function statOf(pid: number): readonly string[] | undefined {
  const stat = read(pid, 'stat')
  // The name in parentheses may itself hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Clock ticks from the boot to the start of a process; undefined when it has ended. */
export function startTicks(pid: number): string | undefined {
  const [state, ...rest] = statOf(pid) ?? []
  return state === 'Z' || state === 'X' ? undefined : rest[18]
}

/** The process group and the session of a process (or thread), even of one that is not yet reaped. */
export function groupOf(pid: number): { readonly group: number; readonly session: number } | undefined {
  // Most that are asked about are gone, and to miss a file is cheaper than to fail to read it.
  const [, , group, session] = existsSync(`/proc/${pid}`) ? statOf(pid) ?? [] : []
  return group === undefined ? undefined : { group: Number(group), session: Number(session) }
}

/** What one process has used so far. */
export interface ProcessUse {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** Of processor time, with that of the children it has reaped; `TICKS_PER_SECOND` of them. */
  readonly ticks: number
  readonly memBytes: number
}

/** Linux counts so for programs, whatever it counts in itself. */
export const TICKS_PER_SECOND = 100

/** Every process of the machine, or undefined beyond `processesMax`. Lets others work in between. */
export async function processUses(processesMax: number): Promise<readonly ProcessUse[] | undefined> {
  const pids = readdirSync('/proc').map(Number).filter((pid) => Number.isInteger(pid))
  if (pids.length > processesMax) return undefined
  const page = pageBytes()
  const uses: ProcessUse[] = []
  for (const [index, pid] of pids.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
    const fields = statOf(pid)
    if (!fields) continue
    const field = (number: number) => Number(fields[number])
    uses.push({
      pid, parent: field(1), group: field(2), ticks: field(11) + field(12) + field(13) + field(14),
      memBytes: field(21) * page,
    })
  }
  return uses
}

/** So many processes are read about before others may work. */
const AT_ONCE = 100
const PAGE_BYTES_USUAL = 4_096
/** Of the auxiliary vector: the size of a page. */
const AT_PAGESZ = 6n

/** The kernel tells it to every process; pairs of a key and a value, of 8 bytes each. */
function pageBytes(): number {
  const vector = Buffer.from(read('self', 'auxv') ?? '', 'latin1')
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + 8))
  }
  return PAGE_BYTES_USUAL
}

/** The pid that was given out last; undefined where the kernel does not tell. */
export function lastPid(): number | undefined {
  const last = Number(read('.', 'loadavg')?.trim().split(' ').at(-1))
  return Number.isInteger(last) && last > 0 ? last : undefined
}

/** The arguments of a running process; empty once it has ended, even before it is reaped. */
export function commandLine(pid: number): readonly string[] {
  const line = read(pid, 'cmdline')
  return line === undefined || line === '' ? [] : line.replace(/\0$/, '').split('\0')
}

/** The living children of a process; undefined where the kernel does not tell. */
export function childrenOf(pid: number): readonly number[] | undefined {
  const line = read(pid, `task/${pid}/children`)
  return line?.split(' ').filter((word) => word !== '').map(Number)
}

/** The processes with `name` in their environment, by its value. Processes of other users are not seen. */
export function processesByVariable(name: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  const start = `${name}=`
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    const value = read(pid, 'environ')?.split('\0').find((variable) => variable.startsWith(start))
    if (value === undefined) continue
    const key = Buffer.from(value.slice(start.length), 'latin1').toString()
    found.set(key, [...(found.get(key) ?? []), pid])
  }
  return found
}

/** Names this boot of the machine: nothing that ran before it is still alive. Empty where it is hidden. */
export const bootId = (): string => read('sys', 'kernel/random/boot_id')?.trim() ?? ''
