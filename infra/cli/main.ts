/**
 * Main: finds the command that the arguments name, lets commander read its options, and runs it.
 *
 * Options come from flags, else from the environment (`WARREN_WORK_DIR` for `--work-dir`). Only the
 * called command's module is loaded, because start-up is most of what a short command costs.
 */
import { Command as Parser, CommanderError, Option as ParserOption } from 'commander'
import { nearest } from '../../runtime/nearest.js'
import type { Command, Entry } from './command.js'
import { EXIT, Failure } from './failure.js'
import { asCalled } from './invocation.js'
import { COMMANDS } from './table.js'
import { version } from './version.js'

const BEGIN = [
  'Begin with:  warren dev            a cluster on this machine; then, in another terminal',
  '             warren run -- hostname', '',
]
const HELP = ['--help', '-h', 'help']

/** Runs one command line. Never rejects; the answer is the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const [first] = argv
    if (first === '--version' || first === '-V') return print(`${version()}\n`)
    const words = argv.findIndex((word) => word.startsWith('-'))
    const named = words < 0 ? argv : argv.slice(0, words)
    if (first === 'help') return await main([...argv.slice(1), '--help'])
    if (first === undefined || HELP.includes(first)) return print(asCalled(overview()))
    const entry = find(named)
    const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `))
    const wantsHelp = argv.length === 2 && HELP.includes(argv[1] ?? '')
    if (!entry && wantsHelp && group.length > 0) return print(asCalled(overview(group)))
    if (!entry) throw new Failure(EXIT.usage, unknownCommand(named))
    const { command } = await entry.load()
    // What takes no arguments itself, such as `agent`, was given a mistyped verb.
    const isVerb = group.length > 0 && named.length > 1 && entry.name === first && command.arguments === undefined
    if (isVerb) throw new Failure(EXIT.usage, unknownCommand(named))
    const rest = argv.slice(entry.name.split(' ').length)
    return await parse(entry, command, rest)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    if (error instanceof Failure) {
      process.stderr.write(asCalled(`warren: ${error.message}\n`))
      return error.exitCode
    }
    process.stderr.write(`warren: ${error instanceof Error ? error.stack : String(error)}\n`)
    return EXIT.failed
  }
}

async function parse(entry: Entry, command: Command, argv: readonly string[]): Promise<number> {
  const parser = new Parser(`warren ${entry.name}`)
    .summary(entry.summary).description(`${capital(entry.summary)}.`)
    .exitOverride().showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => print(asCalled(text)),
      outputError: (text, write) => write(asCalled(oneLine(text, entry.name))),
    })
  if (command.passThrough) parser.passThroughOptions()
  for (const each of command.arguments ?? []) parser.argument(each)
  for (const { flags, help, fallback, parse: read, isFlagOnly } of command.options) {
    const option = new ParserOption(flags, help)
    if (!isFlagOnly) option.env(`WARREN_${option.name().toUpperCase().replaceAll('-', '_')}`)
    if (fallback !== undefined) option.default(fallback)
    if (read) option.argParser(read)
    parser.addOption(option)
  }
  const examples = command.examples.map((line) => `  ${line}\n`).join('')
  parser.addHelpText('after', `\nExamples:\n${examples}${command.notes ? `\n${command.notes}\n` : ''}`)
  let code: number = EXIT.ok
  parser.action(async () => {
    code = await command.run({ arguments: parser.args, options: parser.opts() })
  })
  await parser.parseAsync(argv, { from: 'user' })
  return code
}

/** As commander says it, with what else there is to do; a suggestion of its own is enough. */
function oneLine(text: string, name: string): string {
  const said = text.trim().replace(/^error: /, 'warren: ').replace(/\s*\n\s*/g, ' ')
    .replace('. Expected', ': expected').replace(/\.$/, '')
  return said.includes('Did you mean') ? `${said}\n` : `${said}; see \`warren ${name} --help\`\n`
}

function find(words: readonly string[]): Entry | undefined {
  const [noun, verb] = words
  const named = (name: string | undefined) => COMMANDS.find((entry) => entry.name === name)
  return named(`${noun} ${verb}`) ?? named(noun)
}

function unknownCommand(words: readonly string[]): string {
  const [noun, verb = ''] = words
  const group = COMMANDS.filter((entry) => entry.name.startsWith(`${noun} `)).map((entry) => entry.name)
  const near = nearest(verb, group.map((name) => name.slice(`${noun} `.length)))
  const close = group.length === 0 ? nearest(words.join(' '), COMMANDS.map((entry) => entry.name))
    : near && `${noun} ${near}`
  const fix = close ? `did you mean 'warren ${close}'?`
    : group.length > 0 ? `there are: ${group.join(', ')}` : 'see warren --help'
  return `'${words.join(' ')}' is no command; ${fix}`
}

/** Of all commands, or of those that begin with one noun. */
function overview(shown: readonly Entry[] = COMMANDS): string {
  const width = Math.max(...shown.map((entry) => entry.name.length))
  const lines = shown.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`)
  return [
    'Warren makes many machines one computer.', '',
    'Usage: warren <command> [options]', '',
    'Commands:', ...lines, '',
    ...(shown === COMMANDS ? BEGIN : []), '`warren <command> --help` says more.',
    'Where a help text says (env: NAME), the option may come from the environment: WARREN_WORK_DIR is --work-dir.', '',
  ].join('\n')
}

function print(text: string): number {
  process.stdout.write(text)
  return EXIT.ok
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
