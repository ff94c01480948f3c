import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'

interface Outcome {
  readonly results: readonly { readonly name: string; readonly outcome: string; readonly text: string }[]
  readonly output: string
}
type RunFile = (path: string, timeoutMs: number) => Promise<Outcome>

// The set-up is not built, so it is reached where it lies and not beside this file's own build.
const { runFile } = await import(new URL('../../../../infra/setup/test-file.mjs', import.meta.url).href) as {
  readonly runFile: RunFile
}
const LONG_MS = 60_000
const SHORT_MS = 700

async function outcomeOf(text: string, timeoutMs = LONG_MS): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'warren-runner-'))
  const path = join(directory, 'sample.mjs')
  writeFileSync(path, `import test from 'node:test'\nimport { spawn } from 'node:child_process'\n${text}\n`)
  try {
    return await runFile(path, timeoutMs)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
const inBrief = ({ results }: Outcome) => results.map(({ name, outcome }) => `${outcome}: ${name}`)

test('each test of a file is told with its outcome, and a parent only once', async () => {
  const outcome = await outcomeOf(`
    test('good', () => {})
    test('bad', () => { throw new Error('boom') })
    test('not now', { skip: 'no moon' }, () => {})
    test('parent', async (t) => { await t.test('child', () => { throw new Error('bang') }) })`)
  const brief = ['passed: good', 'failed: bad', 'skipped: not now', 'failed: parent › child']
  assert.deepEqual(inBrief(outcome), brief)
  assert.match(outcome.results[1]?.text ?? '', /boom/)
  assert.equal(outcome.results[2]?.text, 'no moon')
})

test('a file that hangs is ended, and the test that it was in is named', async () => {
  const outcome = await outcomeOf(`
    test('good', () => {})
    test('hangs', () => new Promise(() => { setInterval(() => {}, 1000) }))`, SHORT_MS)
  assert.deepEqual(inBrief(outcome), ['passed: good', 'failed: the file runs to its end'])
  assert.match(outcome.results[1]?.text ?? '', /ended after 0\.7 s; it was in: hangs/)
})

test('a process that a test leaves behind neither hangs the run nor outlives it', async () => {
  const outcome = await outcomeOf(`
    test('leaves one', () => {
      const child = spawn('sleep', ['600'], { stdio: 'inherit' })
      child.unref()
      process.stdout.write('pid ' + child.pid + ' ')
    })`)
  assert.deepEqual(inBrief(outcome), ['passed: leaves one'])
  const pid = Number(/pid (\d+)/.exec(outcome.output)?.[1])
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  assert.match(stdout.trim(), /^(Z.*)?$/, 'it is gone, or only waits to be counted by its parent')
})

for (const [fault, text] of [
  ['throws when it is loaded', "throw new Error('at load')"],
  ['holds no test', 'export {}'],
  ['ends its process in a test', "test('exits', () => { process.exit(0) })"],
  ['throws after its test', "test('good', () => { setTimeout(() => { throw new Error('late') }, 5) })"],
] as const) {
  test(`a file that ${fault} has failed`, async () => {
    const outcome = await outcomeOf(text)
    assert.equal(outcome.results.at(-1)?.outcome, 'failed')
    assert.equal(outcome.results.at(-1)?.name, 'the file runs to its end')
  })
}
