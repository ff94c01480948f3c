import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HopRecord } from '../../../infra/trace/hop-record.js'
import { recordsOf, rowsOf } from '../../../infra/trace/hop-rows.js'

test('hops come back as they were, with bytes as they are shown', () => {
  const plain = {
    kind: 'sent', atMs: 1.5, node: 'agent-a@1', trace: 't1', span: 's1', to: 'master-m@1/master', type: 'pong',
  } as const
  const full: HopRecord = {
    ...plain, kind: 'delivered', parent: 's0', from: 'agent-a@1/agent', bytes: 4, framework: 'F1',
    body: { data: new Uint8Array([1, 2]) },
  }
  const packed = JSON.parse(JSON.stringify(rowsOf([plain, full, plain])))
  assert.deepEqual(recordsOf(packed), [plain, { ...full, body: { data: { base64: 'AQI=' } } }, plain])
})
