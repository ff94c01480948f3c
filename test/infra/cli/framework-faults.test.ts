import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameworkFaults, placeIn } from '../../../infra/cli/framework-faults.js'
import type { LogLevel } from '../../../runtime/logger.js'

const STACK = `Error: oh no
    at accept (file:///opt/warren/.build/bin/author.js:3:9)
    at new Promise (<anonymous>)
    at Object.receive (/home/a b/own.ts:11:40)
    at other (file:///home/a%20b/other.ts:1:1)
    at node:internal/process/task_queues:95:5`

test('the place of a fault is the first that is the author\'s', () => {
  assert.equal(placeIn(STACK), '/home/a b/own.ts:11')
  assert.equal(placeIn('Error: x\n    at file:///home/a%20b/own.ts:2:7'), '/home/a b/own.ts:2')
  assert.equal(placeIn(`Error: x\n    at ${process.cwd()}/own.ts:2:7`), 'own.ts:2')
  assert.equal(placeIn('Error: x\n    at node:internal/main:1:1'), undefined)
})

test('a fault is one line with its place and what follows, and its stack when that is wished for', () => {
  const said = (isVerbose: boolean) => {
    const lines: string[] = []
    const log = (_level: LogLevel, text: string) => void lines.push(text)
    const faults = new FrameworkFaults({ log }, isVerbose)
    faults.thrown(Object.assign(new Error('oh no'), { stack: STACK }))
    faults.plain.log('error', 'an actor failed', {
      error: 'oh no', at: 'x (/elsewhere.js:1:1)', message: 'offers', decision: 'restart',
    })
    faults.plain.log('error', 'the node cannot go on', {})
    return lines
  }
  const sentence = '/home/a b/own.ts:11: oh no (on offers); it starts anew'
  assert.deepEqual(said(false), [sentence])
  assert.deepEqual(said(true), [STACK, sentence, 'the node cannot go on'])
})

test('the same fault is said once in ten seconds, or each time when that is wished for', () => {
  const said = (isVerbose: boolean) => {
    const lines: string[] = []
    let now = 50_000
    const log = (_level: LogLevel, text: string) => void lines.push(text)
    const faults = new FrameworkFaults({ log }, isVerbose, () => now)
    const fail = (error: string, message: string) => faults.plain.log('error', 'an actor failed', {
      error, at: 'x (/a.ts:1:1)', message, decision: 'restart',
    })
    fail('oh no', 'offers')
    fail('oh no', 'subscribed')
    fail('another', 'offers')
    now += 10_000
    fail('oh no', 'offers')
    return lines
  }
  const line = (error: string, on: string) => `/a.ts:1: ${error} (on ${on}); it starts anew`
  const [first, again, another] =
    [line('oh no', 'offers'), line('oh no', 'subscribed'), line('another', 'offers')]
  assert.deepEqual(said(false), [first, another, first])
  assert.deepEqual(said(true), [first, again, another, first])
})
