/**
 * Socket path: claims a place in the file system to listen on, for this user alone.
 *
 * A process that was killed leaves its socket file behind. Such a file refuses connections, so it is
 * recognised and replaced; one that answers, or is no socket, is left alone.
 */
import { lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { dirname } from 'node:path'

/** What the kernel's socket address holds, without its closing zero. */
export const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103

/** Throws when the kernel could not take the path: it would cut it without a word. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path)
  if (bytes <= SOCKET_PATH_BYTES_MAX) return
  throw new Error(
    `the socket path '${path}' has ${bytes} bytes, and ${SOCKET_PATH_BYTES_MAX} are possible: ` +
    'choose a shorter work directory',
  )
}

/** Listens on `path`, mode 0600, in a directory of mode 0700 if it has to be made. */
export async function listenAt(server: Server, path: string): Promise<void> {
  checkSocketPath(path)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`cannot make the directory of the socket '${path}': ${(error as Error).message}`)
  }
  // Two tries: the second follows the removal of a stale file.
  for (const lastTry of [false, true]) {
    try {
      return await listen(server, path)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE' || lastTry) throw new Error(`cannot listen at '${path}': ${message}`)
      await removeStale(path)
    }
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // The file is made within `listen`, so nobody else can ever open it, not even for a moment.
    const mask = process.umask(0o177)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
    process.umask(mask)
  })
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new Error(`'${path}' is there and is no socket: choose another work directory`)
  if (await answers(path)) {
    throw new Error(`a warren already runs at '${path}': stop it, or choose another work directory`)
  }
  // Two may find the same stale file; whoever comes second must not remove the first one's new socket.
  if (lstatSync(path, { throwIfNoEntry: false })?.ino === found.ino) unlinkSync(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
      else reject(new Error(`cannot tell whether a warren runs at '${path}': ${error.message}`))
    })
  })
}
