/**
 * Test file: runs one test file in a process of its own and says what became of each test.
 *
 * Not `node --test`, which waits for as long as anything holds the file's output: a test that leaves a
 * process behind would hang the run. Here the file leads a process group, which ends with it; a file
 * that does not end in time is ended, and the tests that it was in are named.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root, textOf } from './clone.mjs'

const REPORTER = new URL('reporter.mjs', import.meta.url).href
const OUTPUT_BYTES_MAX = 20_000
/** After its end, a file's last output is waited for no longer than this. */
const OUTPUT_AFTER_END_MS = 500

/** @typedef {{ name: string, outcome: 'passed' | 'failed' | 'skipped', text: string }} Result */

/** @type {Set<number>} process groups under way */
const groups = new Set()

/** Ends all that is under way. */
export function endAll() {
  for (const group of groups) endGroup(group)
}

/**
 * @param {string} path of the built file @param {number} timeoutMs
 * @returns {Promise<{ results: Result[], output: string, durationMs: number }>}
 */
export async function runFile(path, timeoutMs) {
  const directory = mkdtempSync(join(tmpdir(), 'warren-test-'))
  const report = join(directory, 'report')
  const started = Date.now()
  const child = spawn(process.execPath, [
    '--enable-source-maps', `--test-reporter=${REPORTER}`, `--test-reporter-destination=${report}`, path,
  ], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const group = child.pid ?? 0
  if (group > 0) groups.add(group)
  let output = ''
  const hear = (/** @type {Buffer} */ chunk) => { output = `${output}${chunk}`.slice(-OUTPUT_BYTES_MAX) }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  let inTime = true
  const timer = setTimeout(() => { inTime = false; endGroup(group) }, timeoutMs)
  const closed = once(child, 'close')
  const [code, signal] = await once(child, 'exit')
  clearTimeout(timer)
  await Promise.race([closed, sleep(OUTPUT_AFTER_END_MS)])
  endGroup(group)
  await Promise.race([closed, sleep(OUTPUT_AFTER_END_MS)])
  groups.delete(group)
  child.stdout.destroy()
  child.stderr.destroy()
  const end = inTime ? signal ?? `exit code ${code}` : `ended after ${timeoutMs / 1000} s`
  const results = resultsOf(textOf(report) ?? '', end)
  rmSync(directory, { recursive: true, force: true })
  return { results, output, durationMs: Date.now() - started }
}

/** @param {number} group */
function endGroup(group) {
  try {
    if (group > 0) process.kill(-group, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

/** @param {string} report @param {string} end how the process ended @returns {Result[]} */
function resultsOf(report, end) {
  const lines = report.split('\n').filter((text) => text.endsWith('}'))
    .map((text) => /** @type {import('./reporter.mjs').Line} */ (JSON.parse(text)))
  /** @type {Result[]} */
  const results = []
  const open = new Set()
  const said = [end]
  for (const line of lines) {
    if (line.event === 'begun') open.add(line.name)
    else if (line.event === 'noted') said.push(line.text)
    else if (line.event !== 'end') {
      open.delete(line.name)
      const text = line.event === 'failed' ? line.error : line.event === 'skipped' ? line.reason : ''
      results.push({ name: line.name, outcome: line.event, text })
    }
  }
  const isWhole = lines.at(-1)?.event === 'end'
  const isGood = end === 'exit code 0' || results.some(({ outcome }) => outcome === 'failed')
  if (isWhole && isGood && results.length > 0) return results
  if (results.length === 0 && end === 'exit code 0') said.push('it holds no test, or ended in the first one')
  said.push(...[...open].map((each) => `it was in: ${each}`))
  return [...results, { name: 'the file runs to its end', outcome: 'failed', text: said.join('; ') }]
}
