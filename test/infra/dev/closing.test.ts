import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Closing } from '../../../infra/dev/closing.js'

test('what was opened last is closed first, once, also when one of them fails', async () => {
  const closed: string[] = []
  const closing = new Closing()
  closing.add(() => { closed.push('first') })
  closing.add(() => { throw new Error('no') })
  closing.add(async () => { closed.push('last') })
  const twice = [closing.close(), closing.close()]
  await Promise.all(twice.map((each) => assert.rejects(each, /no/)))
  assert.deepEqual(closed, ['last', 'first'])
})
