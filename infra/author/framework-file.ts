/**
 * Framework file: a framework as its author's file gives it.
 *
 * The default export is `framework({ … })`, or a function that makes one from the arguments that follow
 * the file on the command line.
 */
import type { Framework } from '../../actors/scheduler/framework.js'
import { resourcesOf } from '../../actors/scheduler/task.js'
import { AuthorError } from './author-error.js'
import type { Heard } from './events.js'
import { loadDefault } from './load.js'

/** What its state is and what it can be told is known to nobody but its author. */
export type AuthorFramework = Framework<unknown, unknown>

/** Throws an AuthorError that names the file and the fix. */
export async function loadFramework(file: string, args: readonly string[]): Promise<AuthorFramework> {
  const exported = await loadDefault(file, 'framework')
  const made: unknown = typeof exported === 'function' ? await exported(args) : exported
  const missing = missingPart(made)
  if (missing === undefined) return withNeeds(file, made as AuthorFramework)
  throw new AuthorError(
    `the default export of '${file}' is no framework, ${missing}: write \`export default framework({ … })\``)
}

function withNeeds(file: string, made: AuthorFramework): AuthorFramework {
  try {
    if (made.needs !== undefined) resourcesOf(made.needs)
    return made
  } catch (error) {
    throw new AuthorError(`what the framework of '${file}' needs is wrong: ${(error as Error).message}`)
  }
}

function missingPart(made: unknown): string | undefined {
  if (typeof made !== 'object' || made === null) return `it is ${made === null ? 'null' : `a ${typeof made}`}`
  const { name, initial, receive } = made as Partial<Record<string, unknown>>
  if (typeof name !== 'string' || name === '') return 'it has no name'
  if (typeof receive !== 'function') return 'it has no receive'
  return typeof initial === 'function' ? undefined : 'it has no initial'
}

/** The same framework, heard by somebody else as well. A fault is told first, then takes its course. */
export function overheard(
  definition: AuthorFramework, hear: (event: Heard) => void, fault: (error: unknown) => void,
): AuthorFramework {
  return {
    ...definition,
    initial: (ctx) => definition.initial(ctx),
    receive(state, event, ctx) {
      hear(event)
      try {
        return definition.receive(state, event, ctx)
      } catch (error) {
        fault(error)
        throw error
      }
    },
  }
}
