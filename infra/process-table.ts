/**
 * Process table: what `/proc` says about processes.
 *
 * A pid alone names nothing, since pids are used again. So a process is recognised by a pid together
 * with something that no successor has: its start time, its command line, or a mark in its environment.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'

function read(pid: number | 'sys' | '.', file: string): string | undefined {
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
