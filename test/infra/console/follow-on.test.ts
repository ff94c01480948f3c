import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGAIN_MS, followOn } from '../../../infra/console/follow-on.js'

type Reading = { readonly signal: AbortSignal; readonly end: (problem?: string) => void; readonly fail: () => void }

/** A page that follows something, of leaders that come and go. */
function page() {
  const said: (string | undefined)[] = []
  const paused: number[] = []
  const readings: Reading[] = []
  const listeners = new Set<() => void>()
  const own = new AbortController()
  let wake = () => {}
  const read = (signal: AbortSignal) => new Promise<string | undefined>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
    readings.push({ signal, end: resolve, fail: () => reject(new TypeError('network error')) })
    wake()
  })
  const done = followOn(
    { read, over: (problem) => said.push(problem ?? 'whole'), broken: () => said.push('broken') },
    {
      seek: async () => {},
      pause: async (ms) => void paused.push(ms),
      onChange(changed) {
        listeners.add(changed)
        return () => listeners.delete(changed)
      },
    },
    own.signal,
  )
  /** The so manieth time that it is read. */
  const reading = async (number: number): Promise<Reading> => {
    while (readings.length < number) await new Promise<void>((resolve) => { wake = resolve })
    return readings[number - 1] as Reading
  }
  const change = () => { for (const changed of [...listeners]) changed() }
  return { said, paused, readings, listeners, own, done, reading, change }
}

test('what is whole is read once', async () => {
  const { said, readings, listeners, done, reading } = page()
  ;(await reading(1)).end()
  await done
  assert.deepEqual([said, readings.length, listeners.size], [['whole'], 1, 0])
})

test('what breaks off is begun anew with whoever leads, but not at once', async () => {
  const { said, paused, done, reading } = page()
  ;(await reading(1)).fail()
  ;(await reading(2)).end()
  await done
  assert.deepEqual([said, paused], [['broken', 'whole'], [AGAIN_MS]])
})

test('what one leader gives up is asked of the next', async () => {
  const { said, done, reading, change } = page()
  const { end } = await reading(1)
  end('its agent does not answer')
  await Promise.resolve()
  change()
  ;(await reading(2)).end()
  await done
  assert.deepEqual(said, ['its agent does not answer', 'whole'])
})

test('what a leader goes on to tell that leads no more is not heard any longer', async () => {
  const { done, reading, change } = page()
  const { signal } = await reading(1)
  change()
  ;(await reading(2)).end()
  assert.equal(signal.aborted, true)
  await done
})

test('who looks elsewhere ends it, whatever it waits for', async () => {
  const reads = page()
  await reads.reading(1)
  reads.own.abort()
  await reads.done
  const waits = page()
  ;(await waits.reading(1)).end('it is gone')
  await Promise.resolve()
  waits.own.abort()
  await waits.done
  assert.deepEqual([reads.said, waits.said, reads.listeners.size, waits.listeners.size], [[], ['it is gone'], 0, 0])
})
