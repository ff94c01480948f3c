/** `warren top`: a cluster on one screen, as it changes. */
import { feed, readAll } from '../top/feed.js'
import { frame, type Size } from '../top/frame.js'
import { Screen } from '../top/screen.js'
import { fold, NOTHING_YET, type TopEvent, type TopState } from '../top/state.js'
import { FIRST_VIEW, onKey, SORTS, sorted, type Sort, type View } from '../top/view.js'
import { wantsColours } from './colours.js'
import { print, printJson } from './columns.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { clientOf, type HttpClient } from './http-client.js'
import { exitCodeOf, Lifetime } from './lifetime.js'
import { oneOf } from './node-options.js'

/** Of a frame that nobody looks at on a terminal. */
const COLUMNS = 100

export const command: Command = {
  options: [
    { flags: '--once', help: 'one frame, all of it, and no more; so also when it is not printed to a terminal' },
    { flags: '--json', help: 'what a frame shows as one JSON document' },
    {
      flags: '--sort <by>', help: `first what has most of it: ${Object.values(SORTS).join(', ')}`, fallback: 'cpus',
      parse: oneOf('--sort', Object.values(SORTS)),
    },
    ...HTTP_OPTIONS,
  ],
  examples: ['warren top', 'warren top --sort tasks', 'warren top --once', 'warren top --json'],
  notes: 'Of each resource | is used and : offered. Keys: q or Ctrl-C quits; c, m, t, n and s sort by processors,\n'
    + 'memory, tasks, name and state; r reverses; Tab goes to the other list; j, k and the arrows scroll it.',
  run,
}

async function run({ options }: Call): Promise<number> {
  const client = clientOf(options)
  const view: View = { ...FIRST_VIEW, sort: options['sort'] as Sort }
  if (options['json'] === true) return printJson(documentOf(await stateNow(client), view))
  if (options['once'] !== true && process.stdout.isTTY) return watch(() => clientOf(options), view)
  const size = { columns: process.stdout.columns || COLUMNS, rows: Infinity }
  const lines = frame(await stateNow(client), view, { ...size, colours: wantsColours(), keys: false })
  return print(lines.map((line) => `${line.trimEnd()}\n`).join(''))
}

async function stateNow(client: HttpClient): Promise<TopState> {
  let state = NOTHING_YET
  await readAll(client, (event) => {
    state = fold(state, event)
  })
  return state
}

function documentOf({ overview, masters, agents, frameworks }: TopState, view: View) {
  return {
    schemaVersion: 1, at: new Date().toISOString(), overview, masters,
    agents: sorted(agents.values(), view), frameworks: sorted(frameworks.values(), view),
  }
}

async function watch(connect: () => HttpClient, first: View): Promise<number> {
  const hangUp = new AbortController()
  const lifetime = new Lifetime()
  let [state, view] = [NOTHING_YET, first]
  const draw = (): void => screen.show(frame(state, view, drawingOf(screen.size)))
  const screen = new Screen(process.stdout, process.stdin, (key) => {
    const next = onKey(view, key)
    if (next === 'quit') return hangUp.abort()
    view = next
    draw()
  }, draw)
  const heard = (event: TopEvent): void => {
    state = fold(state, event)
    draw()
  }
  const wished = lifetime.wish.then((signal) => {
    hangUp.abort()
    return exitCodeOf(signal)
  })
  // The screen is taken once somebody has answered: what goes wrong before is said where it can be read.
  let isOpen = false
  const opening = (event: TopEvent): void => {
    if (!isOpen) screen.open()
    isOpen = true
    heard(event)
  }
  try {
    return await Promise.race([feed(connect, opening, hangUp.signal).then(() => EXIT.ok as number), wished])
  } finally {
    screen.close()
  }
}

const drawingOf = (size: Size) => ({ ...size, colours: wantsColours(), keys: true })
