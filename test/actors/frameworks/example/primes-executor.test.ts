import assert from 'node:assert/strict'
import { test } from 'node:test'
import executor from '../../../../actors/frameworks/example/primes-executor.js'
import type { Executor, ExecutorContext, ExecutorInput } from '../../../../actors/executor/executor.js'
import type { TaskId } from '../../../../actors/protocol/ids.js'
import { task } from '../../../../actors/scheduler/task.js'

type Told = typeof executor extends Executor<unknown, infer T> ? T : never

/** Drives the executor by hand: work is done when the test says so, one piece at a time. */
class Driven {
  readonly updates: string[] = []
  readonly timers = new Set<string>()
  finished = false
  private readonly work: (() => Promise<Told>)[] = []
  private readonly context: ExecutorContext<Told> = {
    update: (taskId, state, { data } = {}) => {
      this.updates.push(`${taskId} ${state}${data ? ` ${new TextDecoder().decode(data)}` : ''}`)
    },
    message: () => undefined,
    run: (work) => void this.work.push(work),
    after: (name) => void this.timers.add(name),
    cancel: (name) => void this.timers.delete(name),
    finish: () => { this.finished = true },
    now: () => 0,
    log: () => undefined,
  }
  private state = executor.initial(this.context)

  give(event: ExecutorInput<Told>): void {
    this.state = executor.receive(this.state, event, this.context)
  }

  launch(id: string, from: number, to: number): void {
    const data = JSON.stringify({ from, to })
    this.give({ type: 'launch', task: task({ id, resources: { cpus: 1 }, data }) })
  }

  /** Does the oldest piece of work; answers whether there was one. */
  async step(): Promise<boolean> {
    const work = this.work.shift()
    if (work) this.give({ type: 'told', told: await work() })
    return work !== undefined
  }
}

test('tasks are counted side by side, a slice of each in turn', async () => {
  const driven = new Driven()
  driven.launch('long', 0, 100_000)
  driven.launch('short', 0, 100)
  await driven.step()
  await driven.step()
  assert.deepEqual(driven.updates, ['long RUNNING', 'short RUNNING', 'short FINISHED 25'])
  while (await driven.step());
  assert.deepEqual(driven.updates.slice(3), ['long FINISHED 9592'])
  assert.ok(driven.timers.has('idle'))
  driven.give({ type: 'timer', name: 'idle' })
  assert.ok(driven.finished)
})

test('a task that is killed is counted no further, the others are', async () => {
  const driven = new Driven()
  driven.launch('a', 0, 100)
  driven.launch('b', 0, 100)
  driven.give({ type: 'kill', taskId: 'a' as TaskId, graceMs: 0 })
  while (await driven.step());
  assert.deepEqual(driven.updates.slice(2), ['a KILLED', 'b FINISHED 25'])
})

test('told to shut down it reports its tasks as killed and ends', () => {
  const driven = new Driven()
  driven.launch('a', 0, 100)
  driven.give({ type: 'shutdown', graceMs: 1_000 })
  assert.deepEqual([driven.updates.at(-1), driven.finished], ['a KILLED', true])
})
