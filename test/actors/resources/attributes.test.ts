import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseAttributes, printAttributes } from '../../../actors/resources/attributes.js'

test('numbers and ranges are read as such, and all else is text', () => {
  const text = 'rack:r1; level:3;offset:-0.5;ports:[1-2,3];image:debian:12;version:1.20.3'
  assert.deepEqual(parseAttributes(text), {
    ok: true,
    value: {
      rack: { kind: 'text', text: 'r1' },
      level: { kind: 'scalar', thousandths: 3000 },
      offset: { kind: 'scalar', thousandths: -500 },
      ports: { kind: 'ranges', ranges: [{ begin: 1, end: 3 }] },
      image: { kind: 'text', text: 'debian:12' },
      version: { kind: 'text', text: '1.20.3' },
    },
  })
})

test('what is printed is read back the same', () => {
  const value = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_/.:-]{1,20}$/),
    fc.integer().map((number) => String(number / 1000)),
    fc.constantFrom('-0', '007', '1.2345', '[1-2,7]', 'zwölf 12'),
  )
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,8}$/)
  fc.assert(fc.property(fc.dictionary(name, value), (values) => {
    const text = Object.entries(values).map(([key, each]) => `${key}:${each}`).join(';')
    const attributes = parseAttributes(text)
    assert.equal(attributes.ok, true)
    if (attributes.ok) assert.deepEqual(parseAttributes(printAttributes(attributes.value)), attributes)
  }))
})

test('bad attributes are refused with the fix', () => {
  const long = `a:${'x'.repeat(256)}`
  const bad = ['rack', 'rack:', '__proto__:x', 'rack:a;rack:b', 'ports:[2-1]', 'a:{b}', 'a:\u001b[2J', long]
  for (const text of bad) {
    const result = parseAttributes(text)
    assert.equal(result.ok, false, text)
    assert.match(result.ok ? '' : result.problem, /: (write|close) /)
  }
})
