import assert from 'node:assert/strict'
import { test } from 'node:test'
import { master, registered, usage } from './workbench.js'

test('the question how busy the machine is goes to it, and its answer to the master', () => {
  const { driven } = registered()
  driven.receive({ type: 'measure-machine', requestId: '1.r', launches: true })
  assert.deepEqual(driven.toldTo(usage), [{ type: 'measure', launches: true, requestId: '1.r', replyTo: driven.self }])
  const sizes = { memBytes: 4, memUsedBytes: 2, diskBytes: 4, diskUsedBytes: 2 }
  const measured = { cpus: 2, cpusUsed: 0.5, overMs: 500, ...sizes, load1: 1, load5: 1, load15: 1 }
  driven.receive({ type: 'measured', requestId: '1.r', usage: measured })
  driven.receive({ type: 'measuring-failed', requestId: '2.r', reason: 'no /proc here' })
  assert.deepEqual(driven.toldTo(master), [
    { type: 'machine-measured', requestId: '1.r', usage: measured },
    { type: 'machine-measured', requestId: '2.r', problem: 'no /proc here' },
  ])
})
