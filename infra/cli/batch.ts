/** Batch: `warren batch`, one command over many inputs, a task for each, over the whole cluster. */
import type { Command, Call } from './command.js'
import { BatchSession } from './batch-session.js'
import { openInputs } from './batch-inputs.js'
import { CONNECTION_OPTIONS, connectionOf } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { openOutlet } from './outlet.js'
import { checkCommand, count, environmentOf, resourcesOf, taskOptions } from './task-options.js'

const EXAMPLE = 'ls | warren batch -- echo {}'

export const command: Command = {
  arguments: ['[command...]'],
  options: [
    { flags: '--input <file...>', help: 'files of inputs, one a line; standard input unless given' },
    { flags: '--each <file...>', help: 'files that are the inputs, as absolute paths; end the list with --' },
    { flags: '--null', help: 'inputs end with NUL instead of a line\'s end, as from find -print0' },
    ...taskOptions(64),
    {
      flags: '--retries <count>', help: 'how often a command that fails is run again', fallback: '0',
      parse: count('retries', 0),
    },
    {
      flags: '--jobs <count>', help: 'how many tasks run at once; as many as find room unless given',
      parse: count('jobs', 1),
    },
    { flags: '--keep-order', help: 'output in the order of the inputs' },
    { flags: '--output <directory>', help: 'output into files: 17.stdout and 17.stderr of the 17th input' },
    { flags: '--name <name>', help: 'what lists call it; the command unless given' },
    { flags: '--quiet', help: 'no progress and no summary' },
    { flags: '--json', help: 'one JSON object a line for each task, a summary last' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'ls *.log | warren batch -- gzip -t $PWD/{}',
    'warren batch --each *.md -- wc -w',
    "warren batch --input hosts.txt --retries 2 --timeout 30s -- sh -c 'ping -c1 {} | tail -1'",
    'seq 1000 | warren batch --cpus 0.1 --keep-order -- expr {} \\* {}',
  ],
  notes: `
Every {} is replaced by the input, as part of one argument; a command without {} gets it as its last.
An input is data: in a script for a shell, {} becomes a quoted reference to $WARREN_BATCH_INPUT, which
holds it, and nothing of it is run unless the script evaluates it. Each task's output comes in one piece,
when the task has ended. Tasks run in directories of their own: give absolute paths. Tasks that are lost
with their agent are run again. Exits with 1 when a task failed, with 130 when Ctrl-C ended it.`.trim(),
  passThrough: true,
  run,
}

async function run({ arguments: words, options }: Call): Promise<number> {
  checkCommand(words, EXAMPLE)
  if (options['input'] && options['each']) {
    throw new Failure(EXIT.usage, '--input and --each exclude each other; give one')
  }
  const wish = {
    name: String(options['name'] ?? words[0]).slice(0, 255), template: words, resources: resourcesOf(options),
    environment: environmentOf(options), retries: Number(options['retries']),
    ...(options['jobs'] === undefined ? {} : { jobsMax: Number(options['jobs']) }),
    ...(options['timeout'] === undefined ? {} : { timeoutMs: Number(options['timeout']) }),
  }
  const err = openOutlet(process.stderr)
  const files = options['input'] as readonly string[] | undefined
  const each = options['each'] as readonly string[] | undefined
  const inputs = openInputs({
    ...(files ? { files } : {}), ...(each ? { each } : {}), isNullSeparated: options['null'] === true,
  }, process.stdin)
  if (!files && !each && process.stdin.isTTY) {
    void err.write('warren: type one input a line; Ctrl-D ends them\n')
  }
  try {
    const session = new BatchSession(wish, {
      out: openOutlet(process.stdout), err,
      isJson: options['json'] === true, isQuiet: options['quiet'] === true,
      keepsOrder: options['keepOrder'] === true, options,
      ...(options['output'] === undefined ? {} : { directory: String(options['output']) }),
    })
    return await session.run(inputs.slabs, () => connectionOf(options))
  } finally {
    inputs.close()
    process.stdin.destroy()
  }
}
