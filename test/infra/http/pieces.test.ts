import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { OperatorRead } from '../../../actors/protocol/look.js'
import { PIECE_BYTES, piecesOf, type PieceWish, type Source } from '../../../infra/http/pieces.js'
import { Refusal } from '../../../infra/http/refusal.js'

/** A file at an agent that answers at once; what it holds changes as the test says. */
function file(text: string) {
  const state = { text, isOver: true, asked: [] as PieceWish[] }
  const hangUp = new AbortController()
  const read = async (wish: PieceWish): Promise<OperatorRead> => {
    state.asked.push(wish)
    const data = Buffer.from(state.text.slice(wish.offset, wish.offset + wish.bytesMax))
    const size = state.text.length
    return { type: 'output', offset: wish.offset, data, size, end: state.isOver && wish.offset + data.length >= size }
  }
  const source = (changes: Partial<Source> = {}): Source => ({
    read, refusal: (problem) => new Refusal('unavailable', problem), offset: 0, follow: false, hungUp: hangUp.signal,
    ...changes,
  })
  return { state, source, hangUp }
}

const all = async (source: Source): Promise<string> => {
  let text = ''
  for await (const { data } of piecesOf(source)) text += Buffer.from(data).toString()
  return text
}

test('any part of a file is what it is, however many pieces it takes', async () => {
  const text = 'x'.repeat(PIECE_BYTES * 2 + 5)
  const [offsets, sizes] = [fc.nat(text.length + 9), fc.option(fc.nat(text.length + 9), { nil: undefined })]
  const part = fc.record({ offset: offsets, bytesMax: sizes })
  await fc.assert(fc.asyncProperty(part, async ({ offset, bytesMax }) => {
    const { source, state } = file(text)
    state.isOver = false
    const wish = { offset, ...(bytesMax === undefined ? {} : { bytesMax }) }
    assert.equal(await all(source(wish)), text.slice(offset, offset + (bytesMax ?? text.length)))
    assert.ok(state.asked.every((asked) => asked.bytesMax <= PIECE_BYTES && !asked.follow))
  }), { numRuns: 40 })
})

test('who follows waits only once all is read, and hears of the end', async () => {
  const { source, state } = file('one')
  state.isOver = false
  let text = ''
  for await (const { data } of piecesOf(source({ follow: true }))) {
    text += Buffer.from(data).toString()
    if (text === 'one') [state.text, state.isOver] = ['one two', true]
  }
  assert.equal(text, 'one two')
  assert.deepEqual(state.asked.map(({ follow }) => follow), [false, true])
})

test('what is written anew is read from its beginning, if it may be; who begins beyond it waits', async () => {
  const { source, state } = file('long text')
  state.isOver = false
  const read: [number, string][] = []
  for await (const { offset, data } of piecesOf(source({ follow: true, mayShrink: true }))) {
    read.push([offset, Buffer.from(data).toString()])
    if (read.length === 1) state.text = 'new'
    if (read.length === 2) state.isOver = true
  }
  assert.deepEqual(read, [[0, 'long text'], [9, ''], [0, 'new']])
  const beyond = file('abc')
  beyond.state.isOver = false
  for await (const _ of piecesOf(beyond.source({ follow: true, mayShrink: true, offset: 99 }))) {
    if (beyond.state.asked.length === 2) break
  }
  assert.deepEqual(beyond.state.asked.map(({ offset }) => offset), [99, 3])
})

test('a problem and a silence are refusals; who hangs up is not waited for', async () => {
  const { source } = file('abc')
  const broken = async (): Promise<OperatorRead> =>
    ({ type: 'output', data: new Uint8Array(), offset: 0, end: true, problem: 'no room' })
  await assert.rejects(all(source({ read: broken })), /no room/)
  await assert.rejects(all(source({ read: async () => undefined })), /its agent does not answer/)
  const { source: other, hangUp } = file('abc')
  const waiting = all(other({ read: () => new Promise(() => {}) }))
  hangUp.abort()
  assert.equal(await waiting, '')
})
