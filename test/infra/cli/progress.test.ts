import assert from 'node:assert/strict'
import test from 'node:test'
import { barLine, clock, plainLine, Progress } from '../../../infra/cli/progress.js'

const counts = { ok: 30, failed: 2, running: 8, total: 128 }

function outlet(isTerminal: boolean) {
  const lines: string[] = []
  return {
    lines, isTerminal, flushed: async () => undefined,
    write: async (text: Uint8Array | string) => lines.push(String(text)) > 0,
  }
}

test('a bar says how far it is, how fast, and how long it still takes', () => {
  const line = barLine(counts, 16_000)
  assert.equal(line, '[######..................] 32/128  2 failed  8 running  2.0/s  48s left')
  assert.equal(barLine({ ...counts, failed: 0, total: undefined }, 1_000), '30  8 running  30/s')
})

test('a plain line says the same without drawing', () => {
  assert.equal(plainLine(counts, 16_000), '32 of 128 done, 2 failed, 8 running, 2.0/s')
})

test('durations are short to read', () => {
  assert.deepEqual([400, 59_000, 65_000, 3_700_000].map(clock), ['1s', '59s', '1m05s', '1h01m'])
})

test('off a terminal a line comes only when something has changed, and without control codes', () => {
  const err = outlet(false)
  const progress = new Progress(err, true, () => 0)
  progress.tick()
  progress.update(counts)
  progress.tick()
  progress.tick()
  progress.close()
  assert.deepEqual(err.lines, ['32 of 128 done, 2 failed, 8 running, 0.0/s\n'])
})

test('at a terminal the line is drawn over itself, and taken away for others', () => {
  const err = outlet(true)
  const progress = new Progress(err, true, () => 0)
  progress.update(counts)
  progress.tick()
  progress.tick()
  progress.hide()
  progress.close()
  assert.equal(err.lines.length, 2)
  assert.ok(err.lines.every((text) => text.startsWith('\r\x1b[2K')))
})

test('quiet means that nothing is said', () => {
  const err = outlet(true)
  const progress = new Progress(err, false)
  progress.update(counts)
  progress.tick()
  progress.close()
  assert.deepEqual(err.lines, [])
})
