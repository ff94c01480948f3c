/**
 * Clone: this working copy on disk, and the voice in which its set-up speaks.
 *
 * The set-up is plain JavaScript over Node's own modules, because it runs before anything is installed
 * or built. It talks on stderr, in whole lines without control codes: stdout belongs to what it starts.
 */
import {
  existsSync, mkdirSync, readFileSync, realpathSync, statSync, unlinkSync, writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const LOCK = join(root, '.build', '.setup-lock')
const NODE_MAJOR_MIN = 20
const TURN_POLL_MS = 100

/** A failure whose message is all that the user needs: no stack is shown. */
export class SetupError extends Error {
  /** @param {string} message @param {number} [exitCode] 2 if the command was misused */
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

export const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`)

/**
 * Runs `work` if the module at `url` is what Node was started with. The number that `work` resolves to
 * becomes the exit code; a `SetupError` is printed and brings its own.
 * @param {string} url @param {() => unknown} work
 */
export async function whenStarted(url, work) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== realpathSync(fileURLToPath(url))) return
  try {
    refuseOldNode()
    const code = await work()
    if (typeof code === 'number') process.exitCode = code
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`warren: ${error.message}`)
    process.exitCode = error.exitCode
  }
}

function refuseOldNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return
  throw new SetupError(`needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}`)
}

/**
 * Runs `work` while no other process sets up this clone: `npm test` beside a first `npm start` must not
 * install into the same folder. The turn of a process that died is taken over.
 * @template T @param {() => T | Promise<T>} work @returns {Promise<T>}
 */
export async function inTurn(work) {
  mkdirSync(dirname(LOCK), { recursive: true })
  for (let waited = 0; !take(); waited++) {
    if (waited === 0) say('Waiting for another process that sets up this clone …')
    await new Promise((resolve) => setTimeout(resolve, TURN_POLL_MS))
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function take() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (!holderLives()) release()
    return false
  }
}

function holderLives() {
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')) || process.pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function release() {
  if (existsSync(LOCK)) unlinkSync(LOCK)
}

/** @param {unknown} error @returns {string | undefined} */
export const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code

/** What a file's text is, or nothing if there is no such file. @param {string} path */
export const textOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

/** Changes whenever the file does: cheaper than its content. @param {string} path */
export function versionOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.mtimeMs}:${stat.size}` : 'none'
}
