/**
 * Probe: what this machine can offer, and how busy it is; the one importer of systeminformation.
 *
 * The library takes 50 ms to load as a whole, so only the parts that are used are loaded, and only
 * when somebody asks. The disk is asked of the kernel instead: it knows the file system of exactly
 * this directory, where the library's list of mounts leaves out some kinds.
 */
import { statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, hostname, loadavg } from 'node:os'
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

/** How busy the machine has been since this was last asked by anybody of this process, and how full it is now. */
export interface Busyness {
  readonly cpus: number
  readonly cpusUsed: number
  readonly memBytes: number
  readonly memUsedBytes: number
  readonly diskBytes: number
  readonly diskUsedBytes: number
  readonly loads: readonly [over1Min: number, over5Min: number, over15Min: number]
}

/** Rejects when the machine does not tell. */
export async function probeBusyness(workDirectory: string): Promise<Busyness> {
  const [{ currentLoad, cpus }, { total, available }, disk] = await Promise.all([
    load('cpu').currentLoad(), load('memory').mem(), statfs(workDirectory),
  ])
  const limit = process.constrainedMemory()
  const isLimited = limit > 0 && limit < total
  const memBytes = isLimited ? limit : total
  const [over1Min = 0, over5Min = 0, over15Min = 0] = loadavg()
  return {
    cpus: cpus.length, cpusUsed: (Math.max(0, currentLoad) / 100) * cpus.length,
    memBytes, memUsedBytes: Math.max(0, memBytes - (isLimited ? process.availableMemory() : available)),
    diskBytes: disk.blocks * disk.bsize, diskUsedBytes: (disk.blocks - disk.bfree) * disk.bsize,
    loads: [over1Min, over5Min, over15Min],
  }
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

const load = (part: 'cpu' | 'memory'): Pick<Library, 'cpu' | 'currentLoad' | 'mem'> =>
  createRequire(import.meta.url)(`systeminformation/lib/${part}.js`) as Library

async function orElse(fallback: number, probe: () => Promise<number>): Promise<number> {
  try {
    const value = await probe()
    return Number.isFinite(value) && value > 0 ? value : fallback
  } catch {
    return fallback
  }
}
