/**
 * Place of: where a function is written. What a function throws has a stack that says so; what it forgets to
 * return has none, and of a function itself only Node's inspector knows the place.
 */
import { Session } from 'node:inspector'
import { findSourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

type Described = (...args: never) => unknown

/** How the function is handed to the inspector, which sees only what is global. */
const HANDED = Symbol.for('warren.place-of')

interface Place {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber: number
}

/** A line as in a stack, `at FILE:LINE:COLUMN`, in the file as its author knows it; undefined if it is in none. */
export function placeOf(described: Described): string | undefined {
  const session = new Session()
  const scripts = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url))
  session.connect()
  try {
    session.post('Debugger.enable')
    const place = locationOf(session, described)
    const url = place && scripts.get(place.scriptId)
    return place && url ? originOf(url, place) : undefined
  } finally {
    session.disconnect()
  }
}

/** Answers come at once: the inspector looks at this very thread. */
function locationOf(session: Session, described: Described): Place | undefined {
  const handed = globalThis as { [HANDED]?: Described }
  handed[HANDED] = described
  let found: Place | undefined
  session.post('Runtime.evaluate', { expression: `globalThis[Symbol.for('${HANDED.description}')]` }, (_, answer) => {
    const objectId = answer?.result.objectId
    if (objectId === undefined) return
    session.post('Runtime.getProperties', { objectId, ownProperties: true }, (_failure, more) => {
      const internal = more?.internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')
      found = internal?.value?.value as Place | undefined
    })
  })
  delete handed[HANDED]
  return found
}

function originOf(url: string, { lineNumber, columnNumber }: Place): string {
  const entry = findSourceMap(url)?.findEntry(lineNumber, columnNumber)
  if (entry && 'originalSource' in entry) {
    const { originalSource, originalLine, originalColumn } = entry
    return `at ${pathOf(originalSource)}:${originalLine + 1}:${originalColumn + 1}`
  }
  return `at ${pathOf(url)}:${lineNumber + 1}:${columnNumber + 1}`
}

const pathOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url)
