import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askLeading } from '../../../infra/console/ask-leading.js'

const SENT_ON = { type: 'opaqueredirect' }
const DONE = { type: 'cors' }

/** A page that is known to follow m1, though m2 leads. */
function page() {
  const asked: string[] = []
  let known = 'm1'
  const send = async () => {
    asked.push(known)
    return known === 'm2' ? DONE : SENT_ON
  }
  const seek = async () => {
    known = 'm2'
  }
  return { asked, send, seek }
}

test('what a master that leads no more sends on is asked of who leads', async () => {
  const { asked, send, seek } = page()
  assert.equal(await askLeading(send, seek), DONE)
  assert.deepEqual(asked, ['m1', 'm2'])
  assert.equal(await askLeading(send, () => assert.fail('nobody is sought')), DONE)
})

test('what failed may have been done, and is asked of nobody else', async () => {
  let asked = 0
  const fail = async () => {
    asked++
    throw new TypeError('failed to fetch')
  }
  await assert.rejects(askLeading(fail, async () => {}), /failed to fetch/)
  assert.equal(asked, 1)
})

test('where nobody leads, or all send on, it is given up', async () => {
  const { send } = page()
  await assert.rejects(askLeading(send, () => new Promise(() => {}), 5), /no master leads; ask again/)
  const { send: again, asked } = page()
  await assert.rejects(askLeading(again, async () => {}), /do not agree who leads/)
  assert.equal(asked.length, 4)
})
