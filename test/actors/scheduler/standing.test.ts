import assert from 'node:assert/strict'
import test from 'node:test'
import type { FrameworkContext } from '../../../actors/scheduler/framework.js'
import { KILLS_REMEMBERED_MAX, Standing } from '../../../actors/scheduler/standing.js'
import { task } from '../../../actors/scheduler/task.js'
import { frameworkId, leader, master, offer, onStage, subscribed, update, type Driver } from './stage.js'

const one = task({ id: 't', resources: { cpus: 1 }, command: 'true' })
const reconciled = { source: 'master', reason: 'reconciliation' } as const

/** A scheduler whose author does as it is told, and which is subscribed again in one way or the other. */
function told() {
  const asks: ((ctx: FrameworkContext) => void)[] = []
  const { driven } = onStage((event, ctx) => {
    if (event.type === 'told') for (const ask of asks.splice(0)) ask(ctx)
  })
  const ask = (...wanted: typeof asks) => {
    asks.push(...wanted)
    driven.receive({ type: 'told', told: 'now' })
    return asked(driven)
  }
  let { epoch }: { epoch: number } = leader
  const subscribe = (more: { readonly again?: true }) => {
    driven.receive({ ...leader, epoch, ...more })
    driven.receive({ ...subscribed, epoch, agrees: true })
    return asked(driven)
  }
  const goOn = () => subscribe({ again: true })
  const goOver = () => {
    epoch++
    return subscribe({})
  }
  return { driven, ask, goOn, goOver, hear: (...of: Parameters<typeof update>) => hear(driven, of) }
}

function hear(driven: Driver, of: Parameters<typeof update>) {
  driven.receive({ type: 'update', update: update(...of) })
  return asked(driven)
}

const asked = (driven: Driver) => {
  const calls = driven.toldTo(master).filter(({ type }) => ['kill', 'suppress', 'revive'].includes(type))
  driven.take()
  return calls
}
const kill = { type: 'kill', frameworkId, taskId: 't', graceMs: 9 }

test('a kill is asked for again whenever a master takes the scheduler in, until the task has ended', () => {
  const { ask, goOn, goOver, hear } = told()
  hear(1, 'RUNNING')
  assert.deepEqual(ask((ctx) => ctx.kill('t', { graceMs: 9 })), [kill])
  assert.deepEqual(goOn(), [kill])
  assert.deepEqual(goOver(), [kill])
  assert.deepEqual(hear(2, 'KILLING'), [])
  assert.deepEqual(goOver(), [kill])
  hear(3, 'KILLED')
  assert.deepEqual([goOver(), goOn()], [[], []])
})

test('a kill that was asked for while nobody led is asked for when somebody does', () => {
  const { driven, ask, goOver } = told()
  driven.terminate(master as never)
  assert.deepEqual(ask((ctx) => ctx.kill('t', { graceMs: 9 })), [])
  assert.deepEqual(goOver(), [kill])
})

test('a task that is told to run on although it was to end is killed again, but not for each of its steps', () => {
  const { ask, hear } = told()
  hear(1, 'STAGING')
  ask((ctx) => ctx.kill('t', { graceMs: 9 }))
  assert.deepEqual(hear(2, 'RUNNING'), [], 'it has begun before it heard')
  assert.deepEqual(hear(2, 'RUNNING'), [kill], 'it goes on')
  assert.deepEqual(hear(2, 'UNREACHABLE', { source: 'master' }), [], 'nobody is there to hear')
  assert.deepEqual(hear(2, 'RUNNING', reconciled), [kill])
  assert.deepEqual(hear(3, 'KILLING', reconciled), [])
})

test('nobody asks for the end of a task that is unknown, nor of another under its id', () => {
  const { driven, ask, goOn } = told()
  ask((ctx) => ctx.kill('t'))
  const { launchId: _, updateId: __, ...unknown } = update(0, 'UNKNOWN', reconciled)
  driven.receive({ type: 'update', update: unknown })
  assert.deepEqual(goOn(), [])
  ask((ctx) => ctx.kill('t'), (ctx) => ctx.accept(offer(1), [one]))
  assert.deepEqual(goOn(), [])
})

test('the last word on each role is said again to a master that goes on, and not to one that offers to all', () => {
  const { ask, goOn, goOver } = told()
  const said = ask((ctx) => ctx.suppress(), (ctx) => ctx.revive(['web']), (ctx) => ctx.suppress(['db', 'web']),
    (ctx) => ctx.revive(['db']))
  const [all, , both, db] = said
  assert.deepEqual(goOn(), [all, { ...both, roles: ['web'] }, db])
  const revived = ask((ctx) => ctx.revive())
  assert.deepEqual(goOn(), revived)
  assert.deepEqual([goOver(), goOn()], [[], []])
})

test('of more kills than there may be the oldest are forgotten', () => {
  const standing = new Standing()
  for (let number = 0; number <= KILLS_REMEMBERED_MAX; number++) standing.kill(`t${number}` as never, undefined)
  const calls = standing.calls(frameworkId)
  assert.deepEqual([calls.length, calls[0]], [KILLS_REMEMBERED_MAX, { type: 'kill', frameworkId, taskId: 't1' }])
})
