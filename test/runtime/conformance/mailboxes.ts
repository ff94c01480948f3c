/** Conformance, first part: order, state and the bounds of mailboxes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor } from '../../../runtime/actor.js'
import type { Ref } from '../../../runtime/address.js'
import { TURN_MESSAGES_MAX } from '../../../runtime/cell.js'
import type { Pace } from '../../support/pace.js'
import { doing, listening, World } from '../../support/world.js'

interface Numbered {
  readonly type: 'numbered'
  readonly sender: string
  readonly value: number
}
type Go = { readonly type: 'go' }

const numbered = (value: number, sender = 'test'): Numbered => ({ type: 'numbered', sender, value })
const values = (heard: readonly Numbered[]) => heard.map(({ value }) => value)

export function turnsConformanceOfMailboxes(start: () => Pace): void {
  order(start)
  bounds(start)
  fairness(start)
  looks(start)
}

function order(start: () => Pace): void {
  test('messages of one sender arrive in the order in which they were sent', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Numbered>()
    const listener = world.system.spawn('listener', actor)
    const sending = (name: string) => doing<Go>((_go, ctx) => {
      for (let value = 0; value < 500; value++) ctx.tell(listener, numbered(value, name))
    })
    const senders = ['ann', 'bob'].map((name) => world.system.spawn(name, sending(name)))
    for (const sender of senders) world.system.tell(sender, { type: 'go' })
    await world.settle()
    for (const name of ['ann', 'bob']) {
      const expected = Array.from({ length: 500 }, (_, value) => value)
      assert.deepEqual(values(heard.filter(({ sender }) => sender === name)), expected)
    }
  })

  test('a message is handled in a later turn, never within tell', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Numbered>()
    const listener = world.system.spawn('listener', actor)
    world.system.tell(listener, numbered(1))
    assert.deepEqual(heard, [])
    await world.settle()
    assert.deepEqual(values(heard), [1])
  })

  test('the state that a behaviour returns is the one that it gets next', async () => {
    const world = new World(start())
    const seen: number[] = []
    const sum: Actor<number, Numbered> = {
      initial: () => 100,
      receive(state, { value }) {
        seen.push(state)
        return state + value
      },
    }
    const ref = world.system.spawn('sum', sum)
    for (const value of [1, 2, 3]) world.system.tell(ref, numbered(value))
    await world.settle()
    assert.deepEqual(seen, [100, 101, 103])
    assert.deepEqual(world.vitals(ref)?.processed, 3)
  })
}

function bounds(start: () => Pace): void {
  test('a full mailbox refuses what is new, and counts it', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Numbered>()
    const limited = { ...actor, mailbox: { messagesMax: 3, whenFull: 'refuse-new' } } as const
    const ref = world.system.spawn('limited', limited)
    for (let value = 0; value < 5; value++) world.system.tell(ref, numbered(value))
    await world.settle()
    assert.deepEqual(values(heard), [0, 1, 2])
    assert.equal(world.buried('mailbox-full'), 2)
  })

  test('a full mailbox that drops the oldest keeps the newest', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Numbered>()
    const limited = { ...actor, mailbox: { messagesMax: 3, whenFull: 'drop-oldest' } } as const
    const ref = world.system.spawn('limited', limited)
    for (let value = 0; value < 5; value++) world.system.tell(ref, numbered(value))
    await world.settle()
    assert.deepEqual(values(heard), [2, 3, 4])
    const dropped = world.system.deadLetters.last().map(({ message }) => (message as Numbered).value)
    assert.deepEqual(dropped, [0, 1])
  })

  test('a timer passes the messages that wait, also when there is no more room for messages', async () => {
    const world = new World(start())
    const heard: string[] = []
    const busy = doing<Go | { readonly type: 'beat' }>(({ type }) => void heard.push(type),
      (ctx) => ctx.after('beat', 10, { type: 'beat' }))
    const mailbox = { messagesMax: 300, whenFull: 'refuse-new' } as const
    const ref = world.system.spawn('busy', { ...busy, mailbox })
    await world.settle()
    for (let i = 0; i < 301; i++) world.system.tell(ref, { type: 'go' })
    world.clock.step()
    await world.settle()
    assert.equal(heard[0], 'beat')
    assert.deepEqual([heard.length, world.buried('mailbox-full')], [301, 1])
  })
}

function fairness(start: () => Pace): void {
  test('a busy actor lets the others have their turns', async () => {
    const world = new World(start())
    const order: string[] = []
    const naming = doing<Numbered>(({ sender }) => void order.push(sender))
    const [busy, quiet] = [world.system.spawn('busy', naming), world.system.spawn('quiet', naming)]
    await world.settle()
    for (let i = 0; i < 100 * TURN_MESSAGES_MAX; i++) world.system.tell(busy, numbered(i, 'busy'))
    world.system.tell(quiet, numbered(0, 'quiet'))
    await world.settle()
    const ahead = order.indexOf('quiet')
    assert.equal(ahead % TURN_MESSAGES_MAX, 0, 'the other comes between two whole turns')
    assert.ok(ahead < 100 * TURN_MESSAGES_MAX, 'it need not wait until the busy one has nothing left')
  })

  test('the vitals of an actor say how much waits, and for how long', async () => {
    const world = new World(start())
    const ref = world.system.spawn('idle', listening<Numbered>().actor)
    world.system.tell(ref, numbered(1))
    world.clock.moveTo(world.clock.now() + 250)
    world.system.tell(ref, numbered(2))
    const { address: _address, ...waiting } = world.vitals(ref) ?? assert.fail()
    assert.deepEqual(waiting, {
      mailbox: 2, oldestMs: 250, processed: 0, restarts: 0, status: 'new', onFailure: 'restart', crashes: [],
      recent: [],
    })
    await world.settle()
    const { address, ...rested } = world.vitals(ref) ?? assert.fail()
    const { recent, ...fared } = rested
    assert.equal(recent.length, 2)
    const standing = { status: 'running', onFailure: 'restart', crashes: [] }
    assert.deepEqual(fared, { mailbox: 0, oldestMs: 0, processed: 2, restarts: 0, ...standing })
    assert.equal(address, ref)
  })
}

function looks(start: () => Pace): void {
  const sum: Actor<readonly number[], Numbered> = {
    initial: (ctx) => {
      ctx.every('beat', 1_000, numbered(-1))
      return []
    },
    receive: (state, { value }) => [...state, value],
  }
  const told = (world: World, waitingMax: number) => {
    const { waiting, ...rest } = world.system.look('sum', waitingMax) ?? assert.fail()
    const each = waiting.map(({ message, waitedMs, isNotice }) => [(message as Numbered).value, waitedMs, isNotice])
    return { ...rest, waiting: each }
  }

  test('a look shows what waits, as it will be received, and what the actor holds', async () => {
    const world = new World(start())
    const ref = world.system.spawn('sum', sum)
    world.system.tell(ref, numbered(1))
    assert.deepEqual(told(world, 9), { waiting: [[1, 0, false]], waitingTotal: 1, state: undefined })
    await world.settle()
    assert.deepEqual(told(world, 9), { waiting: [], waitingTotal: 0, state: [1] })
    for (const value of [2, 3]) world.system.tell(ref, numbered(value))
    world.clock.step()
    const waiting = [[-1, 0, true], [2, 1_000, false]]
    assert.deepEqual(told(world, 2), { waiting, waitingTotal: 3, state: [1] })
    await world.settle()
    assert.deepEqual(told(world, 2), { waiting: [], waitingTotal: 0, state: [1, -1, 2, 3] })
  })

  test('a look names the sender and the deadline, and finds nobody where nobody is', async () => {
    const world = new World(start())
    const ref = world.system.spawn('ear', listening<Numbered>().actor)
    const mouth = world.system.spawn('mouth', doing<Go>((_go, ctx) => ctx.tell(ref, numbered(1))))
    world.system.tell(mouth, { type: 'go' })
    await world.settle()
    const lines: unknown[] = []
    world.system.spawn('eye', doing<Go>((_go, ctx) => {
      ctx.tell(ref, numbered(2))
      ctx.ask(ref as Ref<unknown> as Ref<Numbered>, () => numbered(3), 500, () => ({ type: 'go' }))
      const { waiting = [] } = world.system.look('ear', 9) ?? {}
      lines.push(...waiting.map(({ from, deadlineMs }) => [from, deadlineMs]))
    }))
    world.system.tell(mouth.replace('mouth', 'eye') as Ref<Go>, { type: 'go' })
    await world.settle()
    const eye = mouth.replace('mouth', 'eye')
    assert.deepEqual(lines, [[eye, undefined], [eye, world.clock.now() + 500]])
    assert.equal(world.system.look('nobody', 9), undefined)
  })

  test('between two lives there is no state to see, and after a withdrawal no notice', async () => {
    const world = new World(start())
    const failing: Actor<string, Go | { readonly type: 'beat' }> = {
      initial: () => 'alive',
      receive: (state, { type }, ctx) => {
        if (type === 'beat') throw new Error('out of step')
        ctx.after('beat', 10, { type: 'beat' })
        return state
      },
    }
    const ref = world.system.spawn('failing', failing)
    world.system.tell(ref, { type: 'go' })
    await world.settle()
    const look = () => world.system.look('failing', 9) ?? assert.fail()
    assert.equal(look().state, 'alive')
    world.clock.step()
    assert.deepEqual(look().waiting.map(({ message }) => message.type), ['beat'])
    world.system.tell(ref, { type: 'go' })
    await world.settle()
    const { state, waiting } = look()
    assert.deepEqual([state, waiting.map(({ message }) => message.type)], [undefined, ['go']])
    world.clock.step()
    await world.settle()
    assert.equal(look().state, 'alive')
  })
}
