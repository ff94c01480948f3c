/**
 * Outlet: one of this process's own output streams, written with back-pressure.
 *
 * Node writes to a pipe by blocking the whole process until somebody reads; a `less` that is left alone
 * would then silence us towards the cluster. So a pipe is opened a second time, for us alone, where it
 * need not block; to its other owners nothing changes.
 */
import { constants, fstatSync, openSync } from 'node:fs'
import { Socket } from 'node:net'

export interface Outlet {
  readonly isTerminal: boolean
  /** Resolves once it is written; false when nobody reads any more. */
  write(data: Uint8Array | string): Promise<boolean>
  /** Resolves once all that was written before is out. */
  flushed(): Promise<void>
}

export function openOutlet(stream: NodeJS.WriteStream & { readonly fd: number }): Outlet {
  const out = reopened(stream.fd) ?? stream
  let isClosed = false
  let last: Promise<unknown> = Promise.resolve()
  // Without a listener, the first write that nobody reads would end the process.
  out.on('error', () => {
    isClosed = true
  })
  return {
    isTerminal: stream.isTTY,
    write(data) {
      if (isClosed) return Promise.resolve(false)
      const written = new Promise<boolean>((resolve) => {
        out.write(data, (error) => resolve(!error))
      })
      last = written
      return written
    },
    async flushed() {
      await last
    },
  }
}

function reopened(fd: number): Socket | undefined {
  try {
    if (!fstatSync(fd).isFIFO()) return undefined
    const own = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
    return new Socket({ fd: own, readable: false, writable: true })
  } catch {
    return undefined
  }
}
