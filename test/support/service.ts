/** Service: a framework that keeps one task running, and says how it stands. */

/** Its module. @param line what its task runs, in a shell */
export const service = (line: string): string => `
import { framework, task } from 'warren'
export default framework<boolean>({
  name: 'service', initial: () => false,
  receive(runs, event, ctx) {
    if (event.type === 'subscribed') ctx.log('info', 'it is ' + event.frameworkId)
    if (event.type === 'error') ctx.log('info', 'over: ' + event.problem)
    if (event.type === 'update') ctx.log('info', event.update.taskId + ' is ' + event.update.state)
    if (event.type === 'update') return event.update.state === 'RUNNING'
    if (event.type !== 'offers') return runs
    const [offer, ...others] = event.offers
    ctx.decline(others)
    const one = task({ id: 'one', resources: { cpus: 1, mem: 32 }, command: ${JSON.stringify(line)} })
    if (offer) ctx.accept(offer, runs ? [] : [one])
    return true
  },
})
`
