import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { registry } from '../../../actors/protocol/registry.js'
import { frameOf, readFrame } from '../../../infra/frame.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { open, seal, type Envelope } from '../../../runtime/envelope.js'
import { messageOf } from '../../support/messages.js'
import { withDigits } from '../../support/trace.js'
import { CONVERSATIONS, protocolTable } from './protocol-table.js'

const self = nodeAddress('master', 'm', 'life1')
const NOW = 1_000
const around: Omit<Envelope, 'message'> = {
  to: refOf(self, 'master'), from: refOf(nodeAddress('agent', 'a', 'life1'), 'agent'),
  trace: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) },
}

for (const entry of registry.entries()) {
  test(`'${entry.type}' arrives as it was sent`, () => {
    fc.assert(fc.property(messageOf(entry), (message) => {
      const read = readFrame(frameOf(seal({ ...around, message }, registry)))
      const opened = open(read.ok ? read.envelopes[0] : undefined, self, registry, NOW)
      assert.deepEqual(opened.ok ? withDigits(opened.envelope) : opened, { ...around, message })
    }), { numRuns: 30 })
  })
}

test('every message is listed with its conversation, and its tag is one of the conversation’s', () => {
  const listed = CONVERSATIONS.flatMap(({ protocol }) => Object.keys(protocol))
  assert.deepEqual(listed.sort(), registry.entries().map(({ type }) => type).sort())
  for (const { title, tags: [first, last], protocol } of CONVERSATIONS) {
    for (const [type, { tag }] of Object.entries(protocol)) {
      assert.ok(first <= tag && tag <= last, `${title}: '${type}' has the tag ${tag}`)
    }
  }
})

test('every message is explained in whole sentences', () => {
  for (const { type, doc } of registry.entries()) assert.match(doc, /^[A-Z`'][^|\n]*[.?]$/, type)
})

const README = new URL('../../../../actors/protocol/README.md', import.meta.url)
const BEGIN = '<!-- the table begins -->\n\n'
const END = '\n\n<!-- the table ends -->'

test('the table in the README is what the declarations say', () => {
  const text = readFileSync(README, 'utf8')
  const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)]
  assert.ok(from >= BEGIN.length && to >= from, 'the README has lost the marks around its table')
  const renewed = `${text.slice(0, from)}${protocolTable()}${text.slice(to)}`
  if (process.env['UPDATE']) writeFileSync(README, renewed)
  else assert.equal(text, renewed, 'run: UPDATE=1 npm test -- --fast protocol/registry')
})
