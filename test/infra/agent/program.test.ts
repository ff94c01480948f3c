import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { findProgram } from '../../../infra/agent/program.js'
import { temporaryDirectory } from './temporary.js'

const PATH = '/usr/bin:/bin'

function executable(path: string, text: string): string {
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

test('a line for the shell becomes an argument vector', () => {
  assert.deepEqual(findProgram({ shell: 'echo $HOME' }, PATH, '/'), { argv: ['/bin/sh', '-c', 'echo $HOME'] })
})

test('a name is looked for on the PATH and becomes absolute, its arguments stay', () => {
  assert.deepEqual(findProgram({ argv: ['env', '-i', ''] }, PATH, '/'), { argv: ['/usr/bin/env', '-i', ''] })
})

test('a name with a slash is looked for from the working directory', (t) => {
  const directory = temporaryDirectory(t)
  const file = executable(`${directory}/tool`, '#!/bin/sh\n')
  assert.deepEqual(findProgram({ argv: ['./tool'] }, PATH, directory), { argv: [file] })
})

test('the first executable on the PATH wins over an earlier file that is none', (t) => {
  const directory = temporaryDirectory(t)
  mkdirSync(`${directory}/a`)
  mkdirSync(`${directory}/b`)
  writeFileSync(`${directory}/a/tool`, '')
  const file = executable(`${directory}/b/tool`, '')
  assert.deepEqual(findProgram({ argv: ['tool'] }, `${directory}/a:${directory}/b`, '/'), { argv: [file] })
})

test('what cannot run is refused with the reason', (t) => {
  const directory = temporaryDirectory(t)
  writeFileSync(`${directory}/text`, 'hello')
  executable(`${directory}/script`, '#! /no/such/interpreter -x\n')
  const table: [string[], string][] = [
    [[], 'no command was given'],
    [[''], 'no command was given'],
    [['no-such-command'], `command 'no-such-command' was not found on PATH '${PATH}'`],
    [['/no/such/file'], "command '/no/such/file' was not found"],
    [[directory], `command '${directory}' is not a file`],
    [['./text'], "command './text' is not executable"],
    [['./text/x'], "command './text/x' was not found"],
    [['./script'], "command './script' needs the interpreter '/no/such/interpreter', which was not found"],
  ]
  for (const [argv, reason] of table) assert.deepEqual(findProgram({ argv }, PATH, directory), { reason })
})
