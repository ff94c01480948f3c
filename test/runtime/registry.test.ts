import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kernelProtocol } from '../../runtime/kernel-protocol.js'
import { message } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { natural, text } from '../../runtime/schema.js'

const first = { begin: message(2, 'Begins.', { name: text() }) }

test('a registry knows its messages by type and by tag, and lists them by tag', () => {
  const registry = new Registry(first, { end: message(1, 'Ends.', {}) })
  assert.equal(registry.byType('begin'), registry.byTag(2))
  assert.equal(registry.byType('middle'), undefined)
  assert.equal(registry.byTag(3), undefined)
  const listed = registry.entries().map(({ tag, type, doc, body }) => [tag, type, doc, body.notation])
  assert.deepEqual(listed.slice(0, 2), [[1, 'end', 'Ends.', '{}'], [2, 'begin', 'Begins.', '{name: text}']])
})

test('what kernels say to each other is in every registry', () => {
  const types = new Registry().entries().map(({ type }) => type)
  assert.deepEqual(types, Object.keys(kernelProtocol))
})

test('two declarations cannot share a type or a tag', () => {
  const again = { type: { begin: message(3, 'Again.', {}) }, tag: { start: message(2, 'Again.', {}) } }
  assert.throws(() => new Registry(first, again.type), /'begin' \(tag 3\) clashes with 'begin' \(tag 2\)/)
  assert.throws(() => new Registry(first, again.tag), /'start' \(tag 2\) clashes with 'begin' \(tag 2\)/)
})

test('no field can take the name of the message’s type', () => {
  const odd = { odd: message(1, 'Odd.', { type: natural }) }
  assert.throws(() => new Registry(odd), /'odd' has a field 'type'/)
})
