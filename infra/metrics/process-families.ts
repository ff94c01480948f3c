/**
 * Process families: the figures of a process, under the names that everybody gives them. They are read when
 * somebody asks; what would have to be watched all the time (garbage collection, say) is left out.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { counter, gauge, only, type Family } from './family.js'

const MICROSECONDS = 1_000_000

export function processFamilies(): readonly Family[] {
  const { user, system } = process.cpuUsage()
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
  return [
    counter('process_cpu_seconds_total', 'Processor time that this process has used.',
      only((user + system) / MICROSECONDS)),
    gauge('process_resident_memory_bytes', 'Memory that this process has.', only(rss)),
    gauge('process_start_time_seconds', 'When this process began, in seconds since 1970.',
      only(performance.timeOrigin / 1_000)),
    gauge('process_open_fds', 'Files and sockets that this process has open.', known(openFiles)),
    gauge('process_max_fds', 'How many it may have open.', known(openFilesMax)),
    gauge('nodejs_heap_size_total_bytes', 'Size of the heap.', only(heapTotal)),
    gauge('nodejs_heap_size_used_bytes', 'What of the heap is used.', only(heapUsed)),
    gauge('nodejs_external_memory_bytes', 'Memory outside of the heap that objects in it hold.', only(external)),
    gauge('nodejs_version_info', 'The Node that runs this.', [[{ version: process.version }, 1]]),
  ]
}

const openFiles = (): number => readdirSync('/proc/self/fd').length

/** Of this process, not of what it starts. */
export function openFilesMax(): number {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  return soft === 'unlimited' ? Infinity : Number(soft)
}

/** Nothing where the system does not tell. */
function known(read: () => number) {
  try {
    const value = read()
    return Number.isFinite(value) ? only(value) : []
  } catch {
    return []
  }
}
