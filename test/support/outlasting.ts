/**
 * Outlasting: a framework whose tasks wait at doors that the test opens, some in a custom executor and one
 * a command. All of them write down that they have begun, so that one which began twice would be seen.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Outlasting {
  /** The file of the framework. */
  readonly framework: string
  /** Lets a task go on to its end. */
  open(task: string): void
  /** A line for each task that has begun: its id and the process that it is in. */
  begun(): readonly string[]
}

/**
 * `before` are begun at once and `after` by the framework when the first of `before` has ended; those
 * called `command` are commands. It finishes when all have ended.
 */
export function outlasting(directory: string, before: readonly string[], after: readonly string[]): Outlasting {
  const path = (name: string) => join(directory, name)
  for (const task of [...before, ...after]) execFileSync('mkfifo', [path(`door-${task}`)])
  writeFileSync(path('begun'), '')
  writeFileSync(path('executor.mjs'), `
    import { appendFileSync } from 'node:fs'
    import { readFile } from 'node:fs/promises'
    export default { initial: () => 0, receive(state, event, ctx) {
      if (event.type === 'launch') {
        const { taskId } = event.task
        appendFileSync('${path('begun')}', taskId + ' ' + process.pid + '\\n')
        ctx.update(taskId, 'RUNNING')
        ctx.run(() => readFile('${path('door-')}' + taskId).then(() => taskId), String)
      }
      if (event.type === 'told') ctx.update(event.told, 'FINISHED')
      if (event.type === 'shutdown') ctx.finish()
      return state
    } }
  `)
  const initial = JSON.stringify({ waiting: before, after, left: before.length + after.length })
  writeFileSync(path('framework.mjs'), `
    import { executorOf, framework, isTerminal, task } from 'warren'
    const resources = { cpus: 0.1, mem: 16 }
    const executor = executorOf({ id: 'e', file: new URL('executor.mjs', import.meta.url).href, resources })
    const command = 'echo command $$ >> ${path('begun')}; echo up; cat ${path('door-command')} > /dev/null; echo down'
    const of = (id) => task({ id, resources, ...(id === 'command' ? { command } : { executor }) })
    export default framework({ name: 'outlasting',
      initial: () => (${initial}),
      receive(state, event, ctx) {
        if (event.type === 'offers') {
          const [offer, ...others] = event.offers
          ctx.decline(others)
          ctx.accept(offer, state.waiting.map(of), { refuseMs: 100 })
          return { ...state, waiting: [] }
        }
        if (event.type !== 'update') return state
        const { taskId, state: now, reason = '', text = '' } = event.update
        ctx.log('info', [taskId, now, reason, text].filter(Boolean).join(' '))
        // An offer may be withdrawn at any time.
        if (now === 'DROPPED') return { ...state, waiting: [...state.waiting, taskId] }
        if (!isTerminal(now)) return state
        if (state.left === 1) ctx.finish()
        return { waiting: state.after, after: [], left: state.left - 1 }
      } })
  `)
  return {
    framework: path('framework.mjs'),
    open: (task) => writeFileSync(path(`door-${task}`), 'go\n'),
    begun: () => readFileSync(path('begun'), 'utf8').trim().split('\n'),
  }
}
