import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { fileLog, memoryLog, type OpenSharedLog } from '../../../infra/node/shared-log.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { LogReader, type OpenStream } from '../stream-conformance.js'
import type { LogEntry } from '../../../actors/protocol/log-entry.js'

const directory = mkdtempSync(join(tmpdir(), 'warren-log-'))
after(() => rmSync(directory, { recursive: true }))
const claim = (epoch: number): LogEntry => ({ type: 'log-claimed', epoch, nonce: 'n', master: 'm' })
const pathOf = (log: string) => join(directory, 'master', log)

const opening = (open: OpenSharedLog): OpenStream => async (t, _log, tell) => {
  const log = await open(tell as Parameters<OpenSharedLog>[0])
  t.after(() => log.close())
  return log.stream
}

test('a log in a file is read as it was written, but for beats, also by the next life of its master', async (t) => {
  const life = async (within: TestContext): Promise<LogReader> =>
    LogReader.of(within, 'lives', opening(fileLog(pathOf('lives'))))
  await t.test('the first life writes', async (first) => {
    const reader = await life(first)
    reader.read(0)
    for (let number = 0; number < 100; number++) {
      reader.add(claim(number), { type: 'log-beat', epoch: number, nonce: 'n' })
    }
    await reader.until(({ entries }) => entries.length === 100)
  })
  await t.test('the next reads, and writes on', async (next) => {
    const reader = await life(next)
    reader.read(98)
    reader.add(claim(100))
    await reader.until(({ entries }) => entries.length === 3)
    assert.deepEqual([reader.positions, reader.entries], [[98, 99, 100], [98, 99, 100].map(claim)])
  })
})

test('a file that is no log is refused by name, and left as it is', async () => {
  const path = pathOf('foreign')
  writeFileSync(path, 'not a log\n')
  const words = /the log .*foreign' is no journal of Warren's; restore it, or move it away/
  await assert.rejects(fileLog(path)(() => undefined), words)
})

test('who has opened a log alone has its token at once, in memory and in a file', async () => {
  for (const open of [memoryLog(), fileLog(pathOf('token'))]) {
    const heard: string[] = []
    const log = await open((_to, event) => void heard.push((event as { type: string }).type))
    log.election({ type: 'campaign', replyTo: refOf(nodeAddress('master', 'alone', 'life1'), 'registrar') })
    log.election({ type: 'renew' })
    assert.deepEqual(heard, ['token-taken', 'token-renewed'])
    await log.close()
  }
})

test('a file is rewritten without what nobody needs, and its positions stay what they are, in the next life as well',
  async (t) => {
    const place = { epoch: 1, nonce: 'n', snapshot: 1 }
    const ended: LogEntry = { type: 'log-snapshot-ended', ...place, position: 30, parts: 0, hash: 'h' }
    let [before, after] = [0, 0]
    await t.test('the first life writes', async (first) => {
      const reader = await LogReader.of(first, 'trimmed', opening(fileLog(pathOf('trimmed'))))
      reader.read(0)
      for (let number = 0; number < 30; number++) reader.add(claim(number))
      reader.add({ type: 'log-snapshot-begun', ...place, seq: 0, clusterId: 'c', epochSeen: 1, format: 1 }, ended)
      await reader.until(({ entries }) => entries.length === 32)
      before = statSync(pathOf('trimmed')).size
      reader.add(claim(32))
      // While something is on its way to the disk, and more is added at once.
      reader.trim(30)
      reader.add(claim(33))
      await reader.until(({ entries }) => entries.length === 34)
      after = statSync(pathOf('trimmed')).size
    })
    assert.ok(after < before / 2, `${after} of ${before} bytes are left`)
    await t.test('the next reads what is left', async (next) => {
      const reader = await LogReader.of(next, 'trimmed', opening(fileLog(pathOf('trimmed'))))
      reader.read('recent')
      reader.add(claim(34))
      await reader.until(({ entries }) => entries.length === 5)
      assert.deepEqual(reader.positions, [30, 31, 32, 33, 34])
      assert.deepEqual(reader.entries.slice(1), [ended, ...[32, 33, 34].map(claim)])
    })
  })
