import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CONTROL_MESSAGES_MAX, Mailbox, type MailboxLimits } from '../../runtime/mailbox.js'

/** The same, so simple that it must be right. */
class Naive {
  control: number[] = []
  bulk: number[] = []

  constructor(private readonly limits: MailboxLimits) {}

  put(item: number, urgent: boolean): number | undefined {
    if (urgent) return void this.control.push(item)
    if (this.bulk.length < this.limits.messagesMax) return void this.bulk.push(item)
    if (this.limits.whenFull === 'refuse-new') return item
    this.bulk.push(item)
    return this.bulk.shift()
  }

  take(): number | undefined {
    return this.control.shift() ?? this.bulk.shift()
  }
}

const limits = fc.record({
  messagesMax: fc.integer({ min: 1, max: 40 }),
  whenFull: fc.constantFrom('refuse-new' as const, 'drop-oldest' as const),
})
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('put' as const) },
  { weight: 1, arbitrary: fc.constant('urgent' as const) },
  { weight: 3, arbitrary: fc.constant('take' as const) },
  { weight: 1, arbitrary: fc.constant('drain' as const) },
)

test('a mailbox behaves like two plain arrays, whatever is done to it', () => {
  fc.assert(fc.property(limits, fc.array(step, { maxLength: 300 }), (limit, steps) => {
    const [mailbox, naive] = [new Mailbox<number>(limit), new Naive(limit)]
    let item = 0
    for (const what of steps) {
      item++
      if (what === 'take') assert.equal(mailbox.take(), naive.take())
      else if (what === 'drain') {
        assert.deepEqual(mailbox.drain(), [...naive.control.splice(0), ...naive.bulk.splice(0)])
      } else assert.equal(mailbox.put(item, what === 'urgent'), naive.put(item, what === 'urgent'))
      assert.equal(mailbox.size, naive.control.length + naive.bulk.length)
      assert.equal(mailbox.next(), naive.control[0] ?? naive.bulk[0])
      assert.deepEqual(mailbox.list(), [...naive.control, ...naive.bulk])
    }
  }))
})

test('a long mailbox keeps its order while it is filled and emptied', () => {
  const mailbox = new Mailbox<number>()
  let [put, taken] = [0, 0]
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < 70; i++) mailbox.put(put++)
    for (let i = 0; i < 50; i++) assert.equal(mailbox.take(), taken++)
  }
  while (mailbox.size > 0) assert.equal(mailbox.take(), taken++)
  assert.equal(taken, put)
})

test('the control lane has a bound, too', () => {
  const mailbox = new Mailbox<number>({ messagesMax: 1, whenFull: 'drop-oldest' })
  for (let item = 0; item < CONTROL_MESSAGES_MAX; item++) assert.equal(mailbox.put(item, true), undefined)
  assert.equal(mailbox.put(-1, true), -1)
  assert.equal(mailbox.put(-2), undefined)
})
