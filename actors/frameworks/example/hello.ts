/**
 * Hello: a whole framework in thirty lines. Takes the first offer, runs one task on it, shows what the
 * task has written, and finishes as the task did.
 *
 *     warren framework run actors/frameworks/example/hello.ts
 *
 * Outside of this repository its imports are one: `import { framework, isTerminal, task } from 'warren'`.
 */
import { isTerminal } from '../../protocol/task.js'
import { framework } from '../../scheduler/framework.js'
import { task } from '../../scheduler/task.js'

export default framework<{ readonly launched: boolean; readonly exitCode: number }>({
  name: 'hello',
  initial: () => ({ launched: false, exitCode: 1 }),
  receive(state, event, ctx) {
    switch (event.type) {
      case 'offers': {
        const [offer] = event.offers
        if (state.launched || !offer) return state
        const resources = { cpus: 0.1, mem: 32 }
        ctx.accept(offer, [task({ id: 'hello', resources, command: 'echo "Hello from $(hostname)"' })])
        return { ...state, launched: true }
      }
      case 'update': {
        const { taskId, state: now, exitCode = 1 } = event.update
        ctx.log('info', `task ${taskId} is ${now}`)
        if (!isTerminal(now)) return state
        ctx.read({ requestId: 'all', taskId, stream: 'stdout', offset: 0, follow: true })
        return { ...state, exitCode }
      }
      case 'output':
        ctx.log('info', `it wrote: ${new TextDecoder().decode(event.data).trim()}`)
        ctx.finish(state.exitCode)
        return state
      default: return state
    }
  },
})
