import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../runtime/nearest.js'

test('of some words the one with the fewest edits was meant, and none if those are many', () => {
  assert.equal(nearest('nedds', ['name', 'needs', 'labels']), 'needs')
  assert.equal(nearest('recieve', ['receive', 'initial']), 'receive')
  assert.equal(nearest('elsewhere', ['name', 'needs']), undefined)
  assert.equal(nearest('x', ['y']), undefined)
})
