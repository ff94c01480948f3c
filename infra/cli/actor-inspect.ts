/** Actor inspect: `warren actor inspect NODE/PATH`, what waits for one actor, and what it holds. */
import type { ActorLookAnswer } from '../http/actor-look-view.js'
import type { Group, Shown } from '../snapshot/tree.js'
import { isGroup, leafText, leftOut, preview, sizeText } from '../snapshot/words.js'
import { columns, facts, harmless, print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { clientOf, segment } from './http-client.js'
import { naturalOption } from './natural-option.js'

const DEPTH = 2
const INDENT = '  '
const HEADINGS = ['MESSAGE', 'FROM', 'WAITS', 'CONTENT']

export const command: Command = {
  arguments: ['<actor>'],
  options: [
    {
      flags: '--depth <number>', help: 'unfold so many levels of what it holds', fallback: String(DEPTH),
      parse: naturalOption('--depth'),
    },
    { flags: '--json', help: 'one JSON document, with all content' },
    ...HTTP_OPTIONS,
  ],
  examples: [
    'warren actor inspect master-m1/master', 'warren actor inspect agent-a1/agent/updates --depth 4',
    'warren actor inspect master-m1/master/allocator --json',
  ],
  notes: [
    'An actor is called by its address, as `warren actor list` has it; @ and what follows may be left out. What waits',
    'comes as it will be received. What the protocol declares secret, or is called like a secret, is not shown; of',
    'what is large the first part is. A secret within another text cannot be known to be one.',
  ].join('\n'),
  async run({ arguments: [address = ''], options }) {
    const { node, path } = partsOf(address)
    const answer = await clientOf(options).get<ActorLookAnswer>(`/v1/actors/${segment(node)}/${segment(path)}`)
    return options['json'] === true ? printJson(answer) : print(pageOf(answer, Number(options['depth'])))
  },
}

function partsOf(address: string): { readonly node: string; readonly path: string } {
  const [, node, path] = /^([^/]+)\/(.+)$/.exec(address) ?? []
  if (node !== undefined && path !== undefined) return { node, path }
  throw new Failure(EXIT.usage, `'${address}' is no address of an actor: write NODE/PATH; see \`warren actor list\``)
}

function pageOf({ node, path, waiting, waitingTotal, state }: ActorLookAnswer, depth: number): string {
  const rows = waiting.map(({ type, from = '-', waitedMs, body }) =>
    [type, from, `${waitedMs} ms`, isGroup(body) ? preview(body) : leafText(body)])
  const more = waitingTotal - waiting.length
  return [
    facts([
      ['actor', `${node}/${path}`], ['waiting', waitingTotal === 0 ? 'nothing' : String(waitingTotal)],
      ['state', state === undefined ? 'none now' : isGroup(state) ? sizeText(state) : leafText(state)],
    ]),
    rows.length === 0 ? '' : `\n${columns(HEADINGS, rows, true)}`,
    more > 0 ? `and ${more} more\n` : '',
    state !== undefined && isGroup(state) ? `\n${linesOf(state, depth, '').join('\n')}\n` : '',
  ].join('')
}

/** @param depth levels that are unfolded below this one */
function linesOf(group: Group, depth: number, indent: string): readonly string[] {
  const lines = group.entries.flatMap(([name, value]) => {
    const line = harmless(`${indent}${name}: ${wordsOf(value, depth === 0)}`)
    return isGroup(value) && depth > 0 ? [line, ...linesOf(value, depth - 1, indent + INDENT)] : [line]
  })
  const more = leftOut(group)
  return more === undefined ? lines : [...lines, `${indent}… ${more}`]
}

function wordsOf(shown: Shown, isFolded: boolean): string {
  if (!isGroup(shown)) return [leafText(shown), leftOut(shown)].filter((each) => each !== undefined).join(' ')
  const begins = isFolded ? preview(shown) : ''
  return begins === '' ? sizeText(shown) : `${sizeText(shown)}: ${begins}`
}
