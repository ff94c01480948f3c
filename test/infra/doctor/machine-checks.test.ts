import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cgroupCheck, filesCheck, nodeCheck } from '../../../infra/doctor/machine-checks.js'
import { temporaryDirectory } from '../agent/temporary.js'

test('a Node that is too old is a problem, one past its end a warning', () => {
  const levels = ['v18.20.0', 'v20.14.9', 'v20.15.0', 'v22.0.0', 'v24.1.0'].map((each) => nodeCheck(each).level)
  assert.deepEqual(levels, ['problem', 'problem', 'warning', 'well', 'well'])
  assert.match(nodeCheck('v18.20.0').fix ?? '', /install Node 22/)
  assert.notEqual(nodeCheck(process.version).level, 'problem')
})

test('few open files are a problem or a warning, with how to raise the limit', () => {
  assert.deepEqual([64, 1_024, 65_536, Infinity].map((each) => filesCheck(each).level),
    ['problem', 'warning', 'well', 'well'])
  assert.match(filesCheck(64).fix ?? '', /ulimit -n 65536/)
  assert.equal(filesCheck(undefined).level, 'unknown')
})

test('control groups are told by their version, and are no fault where there are none', (t) => {
  const root = temporaryDirectory(t)
  assert.match(cgroupCheck(root).says, /^none;/)
  mkdirSync(join(root, 'memory'))
  writeFileSync(join(root, 'memory', 'cgroup.procs'), '1\n')
  assert.match(cgroupCheck(root).says, /^version 1;/)
  writeFileSync(join(root, 'cgroup.controllers'), 'cpu memory pids\n')
  assert.deepEqual(
    [cgroupCheck(root).level, cgroupCheck(root).says.slice(0, 32)], ['well', 'version 2, with cpu memory pids;'])
  assert.notEqual(cgroupCheck().level, 'problem')
})
