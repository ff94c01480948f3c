/**
 * Primes: counts the primes below a limit. Cuts the numbers into pieces, one task each, which an executor
 * of its own runs many at a time in one process (`primes-executor.ts`).
 *
 *     warren framework run actors/frameworks/example/primes.ts -- 3000000 12
 *
 * A task's result comes with its last update. A piece whose executor died is simply counted again.
 */
import { isTerminal } from '../../protocol/task.js'
import { amountsOf } from '../../resources/amounts.js'
import { framework } from '../../scheduler/framework.js'
import { executorOf, task } from '../../scheduler/task.js'

interface State {
  /** Pieces that nobody counts at present, by number. */
  readonly waiting: readonly number[]
  readonly counted: ReadonlyMap<string, number>
}

/** Of each task, and of the executor beside them. */
const NEEDS = { cpus: 0.1, mem: 16 }

export default ([limit = '1000000', pieces = '8']: readonly string[]) => framework<State>({
  name: 'primes',
  initial: () => ({ waiting: Array.from({ length: Number(pieces) }, (_, n) => n), counted: new Map() }),
  receive(state, event, ctx) {
    switch (event.type) {
      case 'offers': {
        let { waiting } = state
        for (const offer of event.offers) {
          const { cpus = 0, mem = 0 } = amountsOf(offer.resources) as Record<string, number>
          // One part of the offer is the executor's own.
          const room = Math.max(0, Math.floor(Math.min(cpus / NEEDS.cpus, mem / NEEDS.mem) - 1))
          const tasks = waiting.slice(0, room).map((piece) => pieceTask(piece, Number(limit), Number(pieces)))
          ctx.accept(offer, tasks)
          waiting = waiting.slice(room)
        }
        return { ...state, waiting }
      }
      case 'update': {
        const { taskId, state: now, data, reason } = event.update
        if (!isTerminal(now) || state.counted.has(taskId)) return state
        if (now !== 'FINISHED' || !data) {
          ctx.log('warn', `${taskId} is ${now} (${reason ?? 'no reason'}); counting it again`)
          ctx.revive()
          return { ...state, waiting: [...state.waiting, Number(taskId.slice('piece-'.length))] }
        }
        const counted = new Map(state.counted).set(taskId, Number(new TextDecoder().decode(data)))
        if (counted.size === Number(pieces)) {
          const total = [...counted.values()].reduce((sum, count) => sum + count, 0)
          ctx.log('info', `there are ${total} primes below ${limit}`)
          ctx.finish()
        }
        return { ...state, counted }
      }
      default: return state
    }
  },
})

function pieceTask(piece: number, limit: number, pieces: number) {
  const [from, to] = [Math.floor(limit * piece / pieces), Math.floor(limit * (piece + 1) / pieces)]
  const file = new URL('primes-executor.ts', import.meta.url).href
  return task({
    id: `piece-${piece}`, resources: NEEDS, data: JSON.stringify({ from, to }),
    executor: executorOf({ id: 'counter', file, resources: NEEDS }),
  })
}
