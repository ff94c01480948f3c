/** `warren trace replay`: gives an actor again what it was given in a recording, and says what differs. */
import { userInfo } from 'node:os'
import { AuthorError } from '../author/author-error.js'
import { loadFramework, type AuthorFramework } from '../author/framework-file.js'
import { authorFile } from '../author/load.js'
import { filterOf } from '../trace/hop-filter.js'
import { BACKLOG_HOPS_MAX } from '../trace/hop-relay.js'
import { replay, type Effect, type Replayed } from '../trace/replay.js'
import { actorAt, holdsBeginning, isReplayable, REPLAYABLE } from '../trace/replayable.js'
import { print, printJson } from './columns.js'
import type { Call, Command } from './command.js'
import { EXIT, Failure } from './failure.js'
import { asCalled } from './invocation.js'
import { hopsOfFile } from './trace-hops.js'

const HOW_TO_RECORD = `\
Record within seconds of its start: a node still tells its newest ${BACKLOG_HOPS_MAX} hops. For a master, an allocator
or an agent: \`warren dev\`, then at once \`warren trace record -o FILE\`. For a framework: record, then run it.`

export const command: Command = {
  arguments: ['<file>'],
  options: [
    { flags: '--actor <path>', help: "whom: 'master/allocator', or with its node 'agent-a1/agent'", isFlagOnly: true },
    { flags: '--framework-file <file>', help: 'of a scheduler: the file of its framework', isFlagOnly: true },
    { flags: '--share-offers', help: 'as the master was started with it', isFlagOnly: true },
    { flags: '--json', help: 'one JSON document' },
  ],
  examples: [
    "warren trace replay offers.trace --actor master/allocator",
    'warren trace replay a.trace --actor framework-thumbs/scheduler --framework-file thumbs.ts',
  ],
  notes: `Exits with 0 when the actor sent what it had sent, with 1 when something differs; the first difference is
shown. It can be done with:
${REPLAYABLE}.
The recording must begin with the actor: what it was given before is not known to it here.
${HOW_TO_RECORD}
What it logs, its timers and its state are not compared. To stop in it with a debugger:
NODE_OPTIONS=--inspect-brk warren trace replay …`,
  run,
}

async function run({ arguments: [file = ''], options }: Call): Promise<number> {
  const actor = options['actor'] as string | undefined
  if (!actor) throw new Failure(EXIT.usage, `name an actor with --actor; it can be: ${REPLAYABLE}`)
  const hops = await hopsOfFile(file)
  const isActor = filterOf({ actor })
  const given = hops.filter((hop) => hop.kind === 'delivered' && isActor({ ...hop, from: hop.to }))
  const addresses = [...new Set(given.map(({ to }) => to))]
  const [address] = addresses
  if (address === undefined) throw new Failure(EXIT.notFound, `nothing was given to '${actor}' in '${file}'`)
  if (addresses.length > 1) {
    throw new Failure(EXIT.usage, `'${actor}' is several there: ${addresses.slice(0, 5).join(', ')}; name one`)
  }
  if (!isReplayable(address)) {
    throw new Failure(EXIT.usage, `'${address}' cannot be built again; it can be: ${REPLAYABLE}`)
  }
  const framework = await frameworkOf(options['frameworkFile'] as string | undefined)
  const built = actorAt(address, hops, {
    user: userInfo().username, shareOffers: options['shareOffers'] === true, ...(framework ? { framework } : {}),
  })
  const begins = holdsBeginning(address, hops)
  if (!built) {
    throw new Failure(EXIT.usage, address.endsWith('/scheduler')
      ? `of '${address}' the file of its framework is needed: name it with --framework-file`
      : `'${file}' does not hold the registration of '${address}', so it cannot be built again.\n${HOW_TO_RECORD}`)
  }
  const replayed = replay(built, address, hops)
  await (options['json'] === true ? printJson({ schemaVersion: 1, ...replayed, begins })
    : print(textOf(replayed) + asCalled(reasonOf(replayed, begins, file))))
  return replayed.difference ? EXIT.failed : EXIT.ok
}

/** Why it may differ although the actor does what it did. */
function reasonOf({ difference, cut }: Replayed, begins: boolean, file: string): string {
  if (!difference) return ''
  if (!begins) {
    return `'${file}' does not begin with the actor, which is likely why: what it was given before is not known here.\n`
      + `${HOW_TO_RECORD}\n`
  }
  return cut ? `Of message ${cut.number}, ${cut.type}, the recording holds only a part, which may be why.\n` : ''
}

async function frameworkOf(file: string | undefined): Promise<AuthorFramework | undefined> {
  if (file === undefined) return undefined
  try {
    return await loadFramework(await authorFile(file), [])
  } catch (error) {
    if (error instanceof AuthorError) throw new Failure(EXIT.usage, error.message)
    throw error
  }
}

function textOf({ actor, messages, restarts, effects, difference }: Replayed): string {
  const lives = restarts > 0 ? `, ${restarts} restarts` : ''
  const counts = `${actor}: ${messages} messages, ${effects} sent as recorded${lives}\n`
  if (!difference) return counts
  const { number, type, span, recorded, replayed } = difference
  return `${counts}It differs at message ${number}, ${type} (${span}):\n`
    + `  recorded  ${said(recorded)}\n  replayed  ${said(replayed)}\n`
}

const said = (effect: Effect | string | undefined): string =>
  (effect === undefined ? 'nothing more' : typeof effect === 'string' ? effect
    : `${effect.type} → ${effect.to} ${JSON.stringify(effect.body)}`)
