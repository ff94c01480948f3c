import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_ROLE, roleProblem } from '../../../actors/protocol/ids.js'

test('a role is a name without spaces, slashes, stars or a leading dash', () => {
  for (const role of [DEFAULT_ROLE, 'web', 'team-a', 'a.b', 'ä', '..a', 'x_1']) {
    assert.equal(roleProblem(role), undefined, role)
  }
  for (const role of ['', '-a', '.', '..', 'a b', 'a/b', 'a*', '**', 'a\tb', '\u007f', ' a']) {
    assert.match(roleProblem(role) ?? assert.fail(role), /is no role: use a name/)
  }
})
