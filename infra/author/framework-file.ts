/**
 * Framework file: a framework as its author's file gives it.
 *
 * The default export is `framework({ … })`, or a function that makes one from the list of the arguments that
 * follow the file on the command line.
 */
import type { Framework } from '../../actors/scheduler/framework.js'
import { definitionSlip } from '../../actors/scheduler/slips.js'
import { resourcesOf } from '../../actors/scheduler/task.js'
import { returnedState } from '../../runtime/returned-state.js'
import { AuthorError } from './author-error.js'
import type { Heard } from './events.js'
import { loadDefault } from './load.js'
import { placeOf } from './place-of.js'

/** What its state is and what it can be told is known to nobody but its author. */
export type AuthorFramework = Framework<unknown, unknown>
type Maker = (args: readonly string[]) => unknown

/** Throws an AuthorError that names the file and the fix. */
export async function loadFramework(file: string, args: readonly string[]): Promise<AuthorFramework> {
  const exported = await loadDefault(file, 'framework')
  const made: unknown = typeof exported === 'function' ? await madeBy(exported as Maker, file, args) : exported
  const slip = typeof made === 'object' && made !== null ? definitionSlip({ ...made }) : undefined
  if (slip !== undefined) throw new AuthorError(`the framework of '${file}' ${slip}`)
  const missing = missingPart(made)
  if (missing === undefined) return withNeeds(file, made as AuthorFramework)
  throw new AuthorError(
    `the default export of '${file}' is no framework, ${missing}: write \`export default framework({ … })\``)
}

/** It is given one list. Who declares several parameters would find it in the first, and nothing in the others. */
function madeBy(make: Maker, file: string, args: readonly string[]): unknown {
  if (make.length <= 1) return make(args)
  const fix = 'it is given one, the list of the arguments: write `export default ([first, second]) => framework({ … })`'
  throw new AuthorError(`the function that '${file}' exports has ${make.length} parameters; ${fix}`)
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
  const faultless = (name: 'initial' | 'receive', act: () => unknown): unknown => {
    const returned = told(act, fault)
    return told(() => returnedState(returned, name), (error) => fault(placed(error, definition[name])))
  }
  return {
    ...definition,
    initial: (ctx) => faultless('initial', () => definition.initial(ctx)),
    receive(state, event, ctx) {
      hear(event)
      return faultless('receive', () => definition.receive(state, event, ctx))
    },
  }
}

function told(act: () => unknown, fault: (error: unknown) => void): unknown {
  try {
    return act()
  } catch (error) {
    fault(error)
    throw error
  }
}

/** Nothing of the author's is on the stack any more when a state is missed; their function has a place all the same. */
function placed(error: unknown, written: (...args: never) => unknown): unknown {
  const place = placeOf(written)
  if (error instanceof Error && place !== undefined) error.stack = `${error.name}: ${error.message}\n    ${place}`
  return error
}
