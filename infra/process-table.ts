/**
 * Process table: what `/proc` says about processes.
 *
 * A pid alone names nothing, since pids are used again. So a process is recognised by a pid together
 * with something that no successor has: its start time, its command line, or a mark in its environment.
 */
import { readFileSync, readdirSync } from 'node:fs'

function read(pid: number | 'sys', file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return undefined // Ended, or another user's.
  }
}

/** Clock ticks from the boot to the start of a process; undefined when it has ended. */
export function startTicks(pid: number): string | undefined {
  const stat = read(pid, 'stat')
  if (stat === undefined) return undefined
  // The name in parentheses may itself hold spaces and parentheses.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : rest[18]
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
