/**
 * Reporter: what Node's test runner says in one test file, as one JSON line for each test.
 *
 * Runs inside the process of the test file (`--test-reporter`), writes to a file of its own, so that
 * nothing that a test prints can be taken for a result. `test.mjs` reads the lines.
 */
import { inspect } from 'node:util'

const ERROR_CHARACTERS_MAX = 4_000
/** What Node says of every file; all else that it notes is a fault outside of any test. */
const COUNT = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/

/**
 * One line: a test has begun, or ended; or the file came to its end (without that line it did not).
 * @typedef {{ event: 'begun', name: string }
 *   | { event: 'passed', name: string, durationMs: number }
 *   | { event: 'failed', name: string, durationMs: number, error: string }
 *   | { event: 'skipped', name: string, reason: string }
 *   | { event: 'noted', text: string } | { event: 'end' }} Line
 */

/** @param {AsyncIterable<{ type: string, data: any }>} source */
export default async function* reporter(source) {
  /** @type {string[]} names of the tests around the one at hand, by depth */
  const path = []
  for await (const { type, data } of source) {
    if (type === 'test:dequeue') {
      path.length = data.nesting
      path[data.nesting] = data.name
      yield line({ event: 'begun', name: path.join(' › ') })
    }
    if (type === 'test:diagnostic' && !COUNT.test(data.message)) {
      yield line({ event: 'noted', text: data.message })
    }
    if (type === 'test:pass' || type === 'test:fail') yield* ended(type === 'test:pass', path, data)
  }
  yield line({ event: 'end' })
}

/** @param {boolean} passed @param {string[]} path @param {any} data */
function* ended(passed, path, data) {
  const name = [...path.slice(0, data.nesting), data.name].join(' › ')
  const { duration_ms: durationMs, type, error } = data.details
  const without = data.skip ?? data.todo
  if (without !== undefined) {
    yield line({ event: 'skipped', name, reason: typeof without === 'string' ? without : 'no reason given' })
  } else if (passed) {
    if (type !== 'suite') yield line({ event: 'passed', name, durationMs })
  } else if (error?.failureType !== 'subtestsFailed') {
    yield line({ event: 'failed', name, durationMs, error: textOf(error) })
  }
}

/** @param {any} error */
function textOf(error) {
  const cause = error?.cause ?? error
  const text = String(cause instanceof Error ? cause.stack ?? cause.message : inspect(cause))
  const lines = text.split('\n').filter((each) => !/^ {4}at .*\(?node:/.test(each))
  return lines.join('\n').slice(0, ERROR_CHARACTERS_MAX)
}

/** @param {Line} content */
const line = (content) => `${JSON.stringify(content)}\n`
