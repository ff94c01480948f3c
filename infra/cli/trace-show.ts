/** `warren trace show`: one trace, or a whole recording: as a tree of causes, in order, or for other tools. */
import { causalTree } from '../trace/causal-tree.js'
import { jsonOf, type HopRecord } from '../trace/hop-record.js'
import { mermaidOf, milliseconds } from '../trace/mermaid.js'
import { requestOfTrace } from '../trace/otlp-spans.js'
import { sequenceOf } from '../trace/sequence.js'
import { sequenceText, treeText } from '../trace/trace-text.js'
import { print, printJson } from './columns.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { oneOf } from './node-options.js'
import { hopsOf } from './trace-hops.js'

const FORMATS = ['tree', 'sequence', 'mermaid', 'otlp', 'json'] as const
type Format = (typeof FORMATS)[number]

export const command: Command = {
  arguments: ['[trace]'],
  options: [
    {
      flags: '--format <format>', help: 'tree, sequence, mermaid, otlp or json', fallback: 'tree',
      parse: oneOf('--format', FORMATS), isFlagOnly: true,
    },
    { flags: '--file <file>', help: 'of a recording, instead of what the master knows', isFlagOnly: true },
    { flags: '--json', help: 'the same as --format json' },
    ...HTTP_OPTIONS,
  ],
  examples: [
    'warren trace show 4bf92f3577b34da6', 'warren trace show 4bf92f3577b34da6 --format mermaid',
    'warren trace show --file offers.trace', 'warren trace show --file offers.trace 4bf92f3577b34da6',
  ],
  notes: 'A trace is named by its last 16 digits, as `trace tail` and the tree of a recording show them, or by any\n'
    + 'beginning or end that means one only. In a tree each message stands below the one that caused it;\n'
    + '● marks the way to what ended last, which is where time can be gained.\n'
    + '`otlp` is what an OpenTelemetry collector takes at /v1/traces.',
  run,
}

async function run({ arguments: [trace], options }: Call): Promise<number> {
  const hops = await hopsOf(trace?.toLowerCase(), options)
  const format = options['json'] === true ? 'json' : options['format'] as Format
  switch (format) {
    case 'json': {
      const named = trace === undefined ? {} : { trace: hops[0]?.trace }
      return printJson({ schemaVersion: 1, ...named, hops: hops.map(jsonOf) })
    }
    case 'otlp': return printJson(requestOfTrace(hops))
    case 'mermaid': return print(mermaidOf(sequenceOf(hops)))
    case 'sequence': return print(sequenceText(sequenceOf(hops)))
    case 'tree': return print(tree(hops))
  }
}

function tree(hops: readonly HopRecord[]): string {
  const sequence = sequenceOf(hops)
  const { arrows, lanes, beginMs, endMs } = sequence
  const traces = new Set(arrows.map(({ trace }) => trace))
  const named = traces.size === 1 ? `trace ${[...traces].join('')}` : `${traces.size} traces`
  const counts = `${arrows.length} messages, ${lanes.length} actors, ${milliseconds(endMs - beginMs)}`
  return `${named}: ${counts}\n${treeText(causalTree(sequence))}`
}
