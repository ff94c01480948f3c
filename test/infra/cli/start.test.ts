import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const START = fileURLToPath(new URL('../../../../infra/setup/start.mjs', import.meta.url))

function start(argv: readonly string[], workDir: string) {
  const all = [START, '--port', '0', '--work-dir', workDir, ...argv]
  return spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] })
}

test('the first tour brings up a cluster, plays the example, runs a job on real files and ends', async (t) => {
  const workDir = mkdtempSync(join(tmpdir(), 'warren-start-'))
  t.after(() => rmSync(workDir, { recursive: true, force: true }))
  const child = start(['--once'], workDir)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { printed += text })
  const [code] = await once(child, 'close') as [number | null]
  assert.equal(code, 0)
  assert.match(printed, /a1 offers [\s\S]*a2 offers /)
  assert.match(printed, /\(8\) The master offers 1 CPU, 1024 MB of \S+ to framework-2/)
  const [, files, words, counted] = /(\d+) Markdown files[\s\S]*?([\d,]+) words in (\d+) files/.exec(printed) ?? []
  assert.ok(Number(files) > 50 && files === counted, printed)
  assert.ok(Number(words?.replaceAll(',', '')) > 10_000, printed)
  assert.doesNotMatch(printed, /\u001b|\r/)
})

test('without --once it stays up until it is told to stop, and then leaves in order', async (t) => {
  const workDir = mkdtempSync(join(tmpdir(), 'warren-start-'))
  t.after(() => rmSync(workDir, { recursive: true, force: true }))
  const child = start([], workDir)
  await new Promise<void>((resolve) => {
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes('Ctrl-C')) resolve()
    })
  })
  child.kill('SIGINT')
  const [code] = await once(child, 'close') as [number | null]
  assert.equal(code, 0)
})
