/** First framework of the worked example: spends its first offer on two tasks, and leaves the rest. */
import { framework } from '../../scheduler/framework.js'
import { task } from '../../scheduler/task.js'

export default framework<'waiting' | 'launched'>({
  name: 'framework-1',
  initial: () => 'waiting',
  receive(state, event, ctx) {
    if (event.type !== 'offers') return state
    const [offer, ...others] = event.offers
    if (!offer || state === 'launched') {
      ctx.decline(event.offers)
      return state
    }
    if (others.length > 0) ctx.decline(others)
    ctx.accept(offer, [
      task({ id: 'task-1', resources: { cpus: 2, mem: 1024 }, command: 'echo "task 1, process $$"; exec sleep 60' }),
      task({ id: 'task-2', resources: { cpus: 1, mem: 2048 }, command: 'echo "task 2, process $$"; exec sleep 60' }),
    ])
    return 'launched'
  },
})
