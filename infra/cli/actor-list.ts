/** Actor list: `warren actor list`, the actors of every node, and how each fares. */
import type { ActorVitals, NodeVitals } from '../../actors/protocol/vitals.js'
import { columns, print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { clientOf, type HttpClient } from './http-client.js'
import { asCalled } from './invocation.js'

/** As many as the interface asks at once. */
const NODES_MAX = 200
const HEADINGS = ['ACTOR', 'STATUS', 'WAITING', 'NEXT WAITS', 'PROCESSED', 'RESTARTS', 'LAST FAILURE']

interface Listed {
  readonly schemaVersion: number
  readonly nodes: readonly NodeVitals[]
  /** Nodes that were asked and did not answer. */
  readonly silent: readonly string[]
  readonly next?: string
}

export const command: Command = {
  options: [
    { flags: '--node <text>', help: 'only of nodes with this in their name, such as agent-a1 or framework' },
    { flags: '--json', help: 'one JSON document' },
    { flags: '--no-headers', help: 'leave the headings out' },
    { flags: '--quiet', help: 'addresses only' },
    ...HTTP_OPTIONS,
  ],
  examples: ['warren actor list', 'warren actor list --node master', 'warren actor list --node agent-a1 --json'],
  notes: 'Who supervises whom is in the path: `agent/updates` is a child of `agent`.',
  async run({ options }) {
    const { schemaVersion, nodes, silent } = await everyNode(clientOf(options), options['node'])
    if (options['json'] === true) return printJson({ schemaVersion, nodes, silent })
    const actors = nodes.flatMap(({ node, actors: own }) =>
      own.map((actor) => [`${node}/${actor.path}`, actor] as const))
    if (options['quiet'] === true) return print(actors.map(([address]) => `${address}\n`).join(''))
    if (actors.length > 0) await print(columns(HEADINGS, actors.map(cellsOf), options['headers'] !== false))
    const words = [...actors.length === 0 ? ['no actors'] : [], ...silent.map((node) => `${node} did not answer`)]
    if (words.length > 0) process.stderr.write(asCalled(`${words.join('; ')}\n`))
    return EXIT.ok
  },
}

function cellsOf([address, actor]: readonly [string, ActorVitals]): readonly string[] {
  const { status, mailbox, oldestMs, processed, restarts, crash } = actor
  const waits = mailbox === 0 ? '-' : `${oldestMs} ms`
  const failure = crash ? `${crash.error.split('\n', 1)}: ${crash.decision}` : '-'
  return [address, status, String(mailbox), waits, String(processed), String(restarts), failure]
}

async function everyNode(client: HttpClient, node: unknown): Promise<Listed> {
  const query = new URLSearchParams({ limit: String(NODES_MAX), ...(node === undefined ? {} : { node: String(node) }) })
  const first = await client.get<Listed>(`/v1/actors?${query}`)
  const [nodes, silent] = [[...first.nodes], [...first.silent]]
  for (let { next } = first; next !== undefined;) {
    query.set('after', next)
    const page = await client.get<Listed>(`/v1/actors?${query}`)
    // The master that answers is in every page.
    nodes.push(...page.nodes.filter((each) => nodes.every((known) => known.node !== each.node)))
    silent.push(...page.silent)
    next = page.next
  }
  return { ...first, nodes, silent }
}
