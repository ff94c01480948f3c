/**
 * Test: `npm test`. Brings up what is missing, then proves the tree: types, linter, every test file.
 *
 * Each step counts as a test, so that the last line, `N passed, N failed`, is the whole truth.
 * `npm test -- PATTERN…` runs the test files whose path contains a pattern; `--fast` leaves the types
 * and the linter out.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { ensureChromium } from './chromium.mjs'
import { root, SetupError, whenStarted } from './clone.mjs'
import { ensurePackages } from './packages.mjs'
import { ensureRabbitmq } from './rabbitmq.mjs'
import { endAll, runFile } from './test-file.mjs'

const FILES_AT_ONCE = 2
const FILE_TIMEOUT_MS = 120_000
const FAILURE_LINES_MAX = 80
const LINT = ['lint', '--error-on-warnings', '--colors=off', '--max-diagnostics=50']
const IN_CI = !['', '0', 'false', undefined].includes(process.env.CI)

/** @typedef {import('./test-file.mjs').Result & { file: string }} Row */
/** @type {Row[]} */
const rows = []
const print = (/** @type {string} */ text) => process.stdout.write(`${text}\n`)

/** @param {string[]} args */
async function test(args) {
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--fast')
  if (unknown) throw new SetupError(`unknown flag ${unknown}; usage: npm test -- [--fast] [PATTERN…]`, 2)
  const patterns = args.filter((arg) => !arg.startsWith('-'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => { endAll(); process.exit(130) })
  }
  await ensurePackages()
  proveInstalled('RabbitMQ', 'the broker is installed', ensureRabbitmq())
  if (wantsBrowser(patterns)) proveInstalled('Chromium', 'the browser is installed', ensureChromium())
  if (!args.includes('--fast')) {
    await Promise.all([
      prove('the types hold', 'node_modules/.bin/tsc', ['--pretty', 'false']),
      prove('the types of the console hold', 'node_modules/.bin/tsc', ['--pretty', 'false', '-p', 'infra/console']),
      prove('the linter is content', 'node_modules/.bin/biome', LINT),
    ])
  }
  if (await proveBuild()) await proveFiles(testFiles(patterns), patterns)
  return conclude()
}

/** Whether a file of `test/browser/` may be among those that are run. @param {string[]} patterns */
const wantsBrowser = (patterns) => patterns.length === 0
  || patterns.some((each) => each.includes('browser') || 'test/browser/'.includes(each))

/** @param {string} file @param {string} name @param {{ program: string } | { missing: string }} found */
function proveInstalled(file, name, found) {
  if ('program' in found) record({ file, name, outcome: 'passed', text: '' })
  else record({ file, name, outcome: IN_CI ? 'failed' : 'skipped', text: found.missing })
}

async function proveBuild() {
  try {
    await ensureBuild()
    record({ file: 'esbuild', name: 'the sources build', outcome: 'passed', text: '' })
    return true
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    record({ file: 'esbuild', name: 'the sources build', outcome: 'failed', text: error.message })
    return false
  }
}

/** @param {string} name @param {string} program @param {string[]} args */
async function prove(name, program, args) {
  const started = Date.now()
  const child = spawn(join(root, program), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (chunk) => { text += chunk })
  child.stderr.on('data', (chunk) => { text += chunk })
  const code = await new Promise((resolve) => {
    child.once('error', (error) => { text += error.message })
    child.once('close', resolve)
  })
  const file = program.replace(/^.*\//, '')
  record({ file, name, outcome: code === 0 ? 'passed' : 'failed', text }, Date.now() - started)
}

/** @param {string[]} patterns */
function testFiles(patterns) {
  const folder = join(root, '.build', 'test')
  const all = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
  return all.filter((path) => path.endsWith('.test.js')).map((path) => `test/${path}`).sort()
    .filter((path) => patterns.length === 0 || patterns.some((each) => sourceOf(path).includes(each)))
}

const sourceOf = (/** @type {string} */ path) => path.replace(/\.js$/, '.ts')

/** @param {string[]} files @param {string[]} patterns */
async function proveFiles(files, patterns) {
  if (files.length === 0) {
    const text = patterns.length > 0 ? `no test file is named like ${patterns.join(' or ')}` : 'there is none'
    record({ file: 'test/', name: 'a test file is found', outcome: 'failed', text })
  }
  const waiting = [...files]
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { results, output, durationMs } = await runFile(join('.build', file), FILE_TIMEOUT_MS)
      settle(sourceOf(file), results, output, durationMs)
    }
  }
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work))
}

/** @param {Row} row @param {number} [durationMs] */
const record = ({ file, ...result }, durationMs) => settle(file, [result], '', durationMs)

/** One line of progress for a file, then one or more for each failure in it.
 * @param {string} file @param {import('./test-file.mjs').Result[]} results
 * @param {string} output @param {number} [durationMs] */
function settle(file, results, output, durationMs) {
  rows.push(...results.map((result) => ({ file, ...result })))
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  const skipped = results.some(({ outcome }) => outcome === 'skipped')
  const mark = failed.length > 0 ? 'FAILED ' : skipped ? 'skipped' : 'ok     '
  const what = results.length === 1 ? results[0]?.name : `${results.length} tests`
  print(`${mark} ${file}  ${what}${durationMs === undefined ? '' : `  ${durationMs} ms`}`)
  for (const { name, text } of failed) print(indent(results.length === 1 ? text : `${name}\n${text}`))
  if (failed.length > 0 && output.trim() !== '') print(indent(`it printed:\n${output.trim()}`))
}

/** @param {string} text */
function indent(text) {
  const lines = text.trimEnd().split('\n')
  const left = lines.length - FAILURE_LINES_MAX
  const shown = left > 0 ? [...lines.slice(0, FAILURE_LINES_MAX), `… ${left} more lines`] : lines
  return shown.map((line) => `        ${line}`.trimEnd()).join('\n')
}

/** @returns {number} the exit code */
function conclude() {
  const by = (/** @type {Row['outcome']} */ outcome) => rows.filter((row) => row.outcome === outcome)
  const [passed, failed, skipped] = [by('passed'), by('failed'), by('skipped')]
  print('')
  for (const { file, name, text } of skipped) print(`skipped: ${file} › ${name} (${firstLine(text)})`)
  for (const { file, name, text } of failed) print(`failed: ${file} › ${name}: ${firstLine(text)}`)
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : ''
  print(`${passed.length} passed, ${failed.length} failed${left}`)
  return failed.length > 0 ? 1 : 0
}

const firstLine = (/** @type {string} */ text) => text.trim().split('\n', 1)[0] ?? ''

// Ends here, whatever may still be open: the result is said.
await whenStarted(import.meta.url, async () => process.exit(await test(process.argv.slice(2))))
