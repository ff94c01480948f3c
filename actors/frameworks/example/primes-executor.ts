/**
 * Primes executor: counts primes for many tasks in one process, a slice of each in turn, so that they all
 * move and each can be killed. It ends when told to, or when it has had nothing to do for a while.
 */
import { executor } from '../../executor/executor.js'

interface Count {
  readonly next: number
  readonly to: number
  readonly found: number
}
type Told = { readonly taskId: string; readonly count: Count }

const SLICE = 20_000
const IDLE_MS = 10_000

export default executor<ReadonlyMap<string, Count>, Told>({
  initial: () => new Map(),
  receive(counts, event, ctx) {
    const put = (taskId: string, count: Count) => {
      ctx.cancel('idle')
      ctx.run(async () => ({ taskId, count: countSlice(count) }), () => ({ taskId, count }))
      return new Map(counts).set(taskId, count)
    }
    const remove = (taskId: string) => {
      if (counts.size <= 1) ctx.after('idle', IDLE_MS)
      return new Map([...counts].filter(([id]) => id !== taskId))
    }
    switch (event.type) {
      case 'launch': {
        const { taskId, data } = event.task
        const { from, to } = JSON.parse(new TextDecoder().decode(data)) as { from: number; to: number }
        ctx.update(taskId, 'RUNNING')
        return put(taskId, { next: from, to, found: 0 })
      }
      case 'told': {
        const { taskId, count } = event.told
        if (!counts.has(taskId)) return counts
        if (count.next < count.to) return put(taskId, count)
        ctx.update(taskId, 'FINISHED', { data: new TextEncoder().encode(String(count.found)) })
        return remove(taskId)
      }
      case 'kill':
        ctx.update(event.taskId, 'KILLED')
        return remove(event.taskId)
      case 'shutdown':
        for (const taskId of counts.keys()) ctx.update(taskId, 'KILLED')
        ctx.finish()
        return new Map()
      case 'timer':
        ctx.finish()
        return counts
      default: return counts
    }
  },
})

function countSlice({ next, to, found }: Count): Count {
  const end = Math.min(next + SLICE, to)
  let primes = found
  for (let number = next; number < end; number++) if (isPrime(number)) primes++
  return { next: end, to, found: primes }
}

function isPrime(number: number): boolean {
  if (number < 4) return number > 1
  if (number % 2 === 0) return false
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) if (number % divisor === 0) return false
  return true
}
