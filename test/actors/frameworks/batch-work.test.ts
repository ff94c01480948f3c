import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Backlog, taskIdOf } from '../../../actors/frameworks/batch-work.js'

test('a backlog gives what was put back first, else what was put first', () => {
  const operation = fc.constantFrom('put', 'put', 'put', 'back', 'take')
  fc.assert(fc.property(fc.array(operation, { maxLength: 4_000 }), (operations) => {
    const backlog = new Backlog<number>()
    const [queue, returned]: number[][] = [[], []]
    operations.forEach((each, number) => {
      if (each !== 'take') (each === 'put' ? queue : returned)?.push(number)
      if (each === 'put') backlog.put(number)
      else if (each === 'back') backlog.putBack(number)
      else assert.equal(backlog.take(), returned?.shift() ?? queue?.shift())
      assert.equal(backlog.size, (queue?.length ?? 0) + (returned?.length ?? 0))
    })
  }), { numRuns: 30 })
})

test('every launch has an id of its own', () => {
  const item = { index: 17, input: '', launches: 1, attempts: 1, failures: 0, losses: 0 }
  assert.deepEqual([taskIdOf(item), taskIdOf({ ...item, launches: 3 })], ['17', '17.3'])
})
