import assert from 'node:assert/strict'
import test from 'node:test'
import { coloursOf, wantsColours } from '../../../infra/cli/colours.js'

test('colours are for terminals, unless the environment says otherwise', () => {
  const cases: readonly [NodeJS.ProcessEnv, boolean, boolean][] = [
    [{}, true, true], [{}, false, false], [{ CI: 'true' }, false, false], [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false], [{ NO_COLOR: '' }, true, true], [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, false, false], [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ]
  for (const [environment, isTerminal, wanted] of cases) {
    assert.equal(wantsColours(environment, isTerminal), wanted, JSON.stringify(environment))
  }
  assert.equal(coloursOf(false).red('x'), 'x')
  assert.notEqual(coloursOf(true).red('x'), 'x')
})
