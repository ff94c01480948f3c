import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeAddress, refOf, type Ref } from '../../runtime/address.js'
import { reopen, seal } from '../../runtime/envelope.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { natural, ref } from '../../runtime/schema.js'
import { seededPace } from '../support/pace.js'
import { Wire } from '../support/wire.js'
import { doing, World } from '../support/world.js'

const questions = { double: message(1, 'Asks for twice.', { value: natural, replyTo: ref<Answer>() }) }
const answers = { doubled: message(2, 'Answers `double`.', { value: natural }) }
type Question = MessageOf<typeof questions>
type Answer = MessageOf<typeof answers>
const registry = new Registry(questions, answers)
const doubled = (value: number): Answer => ({ type: 'doubled', value })
const double = (value: number) => (replyTo: Ref<Answer>): Question => ({ type: 'double', value, replyTo })
const remote = refOf<Question>(nodeAddress('master', 'far', 'life9'), 'mathematician')

function asking() {
  const world = new World(seededPace(1), { registry })
  const replies: Ref<Answer>[] = []
  const mathematician = world.system.spawn('mathematician', doing<Question>(({ value, replyTo }, ctx) => {
    replies.push(replyTo)
    if (value > 0) ctx.tell(replyTo, doubled(value * 2))
  }))
  return { world, mathematician, replies }
}

test('a question is answered, each at an address of its own', async () => {
  const { world, mathematician, replies } = asking()
  const asked = [1, 2, 3].map((value) => world.system.ask(mathematician, double(value), 1_000))
  await world.settle()
  assert.deepEqual(await Promise.all(asked), [doubled(2), doubled(4), doubled(6)])
  assert.equal(new Set(replies).size, 3)
  assert.equal(world.clock.nextAt(), undefined, 'no deadline is left behind')
})

test('a question without an answer ends at its deadline', async () => {
  const { world, mathematician } = asking()
  const asked = assert.rejects(world.system.ask(mathematician, double(0), 250),
    { message: 'agent-one@life1/mathematician did not answer within 250 ms' })
  await world.advance(250)
  await asked
})

test('an answer that comes too late, or twice, is a counted dead letter', async () => {
  const { world, mathematician, replies } = asking()
  const late = assert.rejects(world.system.ask(mathematician, double(0), 250))
  await world.advance(250)
  await late
  world.system.tell(replies[0] ?? assert.fail(), doubled(0))
  assert.equal(world.buried('no-such-actor'), 1)
  const answered = world.system.ask(mathematician, double(1), 250)
  await world.settle()
  assert.deepEqual(await answered, doubled(2))
  world.system.tell(replies[1] ?? assert.fail(), doubled(3))
  assert.equal(world.buried('no-such-actor'), 2)
})

test('another node can answer, and its late answer is a counted dead letter', async () => {
  const { world } = asking()
  const wire = await Wire.of(world.system)
  const asked = world.system.ask(remote, double(4), 1_000)
  const question = reopen(wire.sent[0]?.envelope ?? [], registry) ?? assert.fail('nothing was sent')
  const { replyTo } = question.message as Question
  const answer = seal({ to: replyTo, from: remote, trace: question.trace, message: doubled(8) }, registry)
  wire.tells.received(answer)
  assert.deepEqual(await asked, doubled(8))
  wire.tells.received(answer)
  assert.equal(world.buried('no-such-actor'), 1)
  const ofQuestion = world.hops.filter(({ to }) => to === replyTo).map(({ kind }) => kind)
  assert.deepEqual(ofQuestion, ['replied', 'dropped'])
})

test('a question that cannot be sent is refused at once', async () => {
  const { world } = asking()
  await Wire.of(world.system)
  const undeclared = () => ({ type: 'undeclared' }) as unknown as Question
  await assert.rejects(world.system.ask(remote, undeclared, 1_000), /'undeclared' is not declared/)
  assert.equal(world.clock.nextAt(), undefined)
})

test('a node that stops leaves no question open', async () => {
  const { world, mathematician } = asking()
  const asked = assert.rejects(world.system.ask(mathematician, double(0), 1_000),
    { message: 'agent-one@life1 has stopped' })
  await world.system.stop()
  await asked
  assert.equal(world.clock.nextAt(), undefined)
})
