/**
 * Probe: what this machine can offer; the one importer of systeminformation.
 *
 * The library takes 50 ms to load as a whole, so only the parts that are used are loaded, and only
 * when somebody asks. The disk is asked of the kernel instead: it knows the file system of exactly
 * this directory, where the library's list of mounts leaves out some kinds.
 */
import { statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, hostname } from 'node:os'
import { bootId } from './process-table.js'

type Library = typeof import('systeminformation')

/** Left for the host itself; a machine with less than twice this keeps half. */
const HOST_MEM_MB = 1_024
const HOST_DISK_MB = 5_120
/** Offered when the machine does not tell. */
const FALLBACK = { cpus: 1, memMb: 1_024, diskMb: 10_240 } as const
const PORTS: PortRanges = [[31_000, 32_000]]
const MEBIBYTE = 1_048_576

export type PortRanges = readonly (readonly [first: number, last: number])[]

export interface Machine {
  readonly hostname: string
  /** Names this boot: a process of another one cannot be alive. */
  readonly bootId: string
  readonly cpus: number
  /** Mebibytes, as all amounts of memory and disk here. */
  readonly memMb: number
  readonly diskMb: number
  readonly ports: PortRanges
}

/** Never rejects: what cannot be probed gets its fallback. */
export async function probeMachine(workDirectory: string): Promise<Machine> {
  const [cpus, memMb, diskMb] = await Promise.all([
    orElse(FALLBACK.cpus, cpuCount),
    orElse(FALLBACK.memMb, async () => withoutHost(await memoryMb(), HOST_MEM_MB)),
    orElse(FALLBACK.diskMb, async () => withoutHost(await diskMbOf(workDirectory), HOST_DISK_MB)),
  ])
  return { hostname: hostname(), bootId: bootId(), cpus, memMb, diskMb, ports: PORTS }
}

/** What is left of `totalMb` when the host has had its part. */
export const withoutHost = (totalMb: number, hostMb: number): number =>
  Math.floor(totalMb >= 2 * hostMb ? totalMb - hostMb : totalMb / 2)

/** A process may be bound to fewer cores than there are. */
async function cpuCount(): Promise<number> {
  return Math.min((await load('cpu').cpu()).cores, availableParallelism())
}

/** A container may have less memory than its machine. */
async function memoryMb(): Promise<number> {
  const { total } = await load('memory').mem()
  const limit = process.constrainedMemory()
  return (limit > 0 ? Math.min(total, limit) : total) / MEBIBYTE
}

async function diskMbOf(directory: string): Promise<number> {
  const { blocks, bsize } = await statfs(directory)
  return (blocks * bsize) / MEBIBYTE
}

const load = (part: 'cpu' | 'memory'): Pick<Library, 'cpu' | 'mem'> =>
  createRequire(import.meta.url)(`systeminformation/lib/${part}.js`) as Library

async function orElse(fallback: number, probe: () => Promise<number>): Promise<number> {
  try {
    const value = await probe()
    return Number.isFinite(value) && value > 0 ? value : fallback
  } catch {
    return fallback
  }
}
