import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import fc from 'fast-check'
import { commandMaker, INPUT_VARIABLE } from '../../../actors/frameworks/batch-command.js'

const made = (template: readonly string[], input: string) => commandMaker(template)(input)

test('every place in an argument is replaced, whatever the input holds', () => {
  assert.deepEqual(made(['cp', '{}', '/to/{}.bak'], 'a b;$(c)'), ['cp', 'a b;$(c)', '/to/a b;$(c).bak'])
  assert.deepEqual(made(['echo', '{}'], '$&'), ['echo', '$&'])
})

test('a command without a place gets the input as its last argument', () => {
  assert.deepEqual(made(['wc', '-w'], '-x'), ['wc', '-w', '-x'])
})

test('in a script for a shell, a place becomes a reference and the input stays out of it', () => {
  assert.deepEqual(made(['sh', '-c', 'cat {}'], '$(id)'), ['sh', '-c', `cat "\${${INPUT_VARIABLE}}"`])
  assert.deepEqual(made(['timeout', '5', '/bin/bash', '-e', '-c', 'x {}', '{}'], 'a').at(-1), 'a')
})

/** Each: a script, and what it prints for an input. */
const SCRIPTS: readonly (readonly [script: string, printed: (input: string) => string])[] = [
  ['printf %s {}', (input) => input],
  ['printf %s "{}"', (input) => input],
  ["printf %s '{}'", (input) => input],
  ["printf %s 'a'{}\"b\"", (input) => `a${input}b`],
  ['printf %s "$(printf %s "x")"\\"{}', (input) => `x"${input}`],
]

test('a shell is never given an input to run, and gets it whole, however the place is quoted', () => {
  const input = fc.string({ unit: fc.constantFrom(...'ab \'"`$(){};|&\\*?#~!') , maxLength: 20 })
  fc.assert(fc.property(input, fc.constantFrom(...SCRIPTS), (text, [script, printed]) => {
    const [program = '', ...rest] = made(['sh', '-c', script], text)
    const env = { PATH: process.env['PATH'], [INPUT_VARIABLE]: text }
    assert.equal(execFileSync(program, rest, { env, encoding: 'utf8' }), printed(text))
  }), { numRuns: 60 })
})

test('in the shell\'s arithmetic the reference is bare', () => {
  const [program = '', ...rest] = made(['sh', '-c', 'echo $(( {} % 7 )) {}'], '16')
  assert.equal(execFileSync(program, rest, { env: { [INPUT_VARIABLE]: '16' }, encoding: 'utf8' }), '2 16\n')
})
