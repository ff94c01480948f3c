/** A walk through the tree of commands: what holds for every one of them, also for those that are added later. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HttpClient } from '../../../infra/cli/http-client.js'
import { COMMANDS } from '../../../infra/cli/table.js'
import type { Command, Entry, Option } from '../../../infra/cli/command.js'
import { main } from '../../../infra/cli/main.js'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

/** Each with the reason why it answers nothing that a program could read. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {
  master: 'a long-running node: it logs JSON Lines (--log-format json), and answers over HTTP',
  agent: 'a long-running node: it logs JSON Lines (--log-format json), and answers over HTTP',
  executor: 'agents start it, and hear from it over the cluster',
  start: 'a tour for people; `warren dev --json` is for programs',
}
/** They go on until somebody ends them. */
const GOES_ON = new Set(['trace tail', 'trace record'])
/** What they end, others look at. */
const LATE = /(deactivate|reactivate|drain|teardown|kill|gone)$/
const SUMMARY_CHARACTERS_MAX = 72
const HELP_COLUMNS_MAX = 112

const walked: readonly { readonly entry: Entry; readonly command: Command }[] =
  await Promise.all(COMMANDS.map(async (entry) => ({ entry, command: (await entry.load()).command })))

const longOf = ({ flags }: Option): string => /--[a-z][a-z-]*/.exec(flags)?.[0] ?? ''
const optionIn = ({ options }: Command, flag: string): Option | undefined =>
  options.find(({ flags }) => flags.split(/[ ,]+/).includes(flag))

/** What is printed on stdout meanwhile. */
async function printed(act: () => Promise<number>): Promise<{ readonly code: number; readonly text: string }> {
  const { write } = process.stdout
  let text = ''
  process.stdout.write = ((chunk: string) => {
    text += chunk
    return true
  }) as typeof write
  try {
    return { code: await act(), text }
  } finally {
    process.stdout.write = write
  }
}

test('every command answers in JSON, but for those that have a reason not to', () => {
  for (const { entry: { name }, command } of walked) {
    const hasJson = optionIn(command, '--json') !== undefined
    assert.equal(hasJson, !(name in WITHOUT_JSON), `warren ${name}`)
  }
  for (const name of Object.keys(WITHOUT_JSON)) assert.ok(COMMANDS.some((entry) => entry.name === name), name)
})

test('names are one word or two, no two the same, and summaries are short', () => {
  const names = COMMANDS.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const { name, summary } of COMMANDS) {
    assert.match(name, /^[a-z]+(-[a-z]+)?( [a-z]+)?$/)
    assert.ok(summary.length > 0 && summary.length <= SUMMARY_CHARACTERS_MAX && !summary.endsWith('.'), name)
  }
})

test('every option has a long name and says what it is for', () => {
  for (const { entry: { name }, command: { options } } of walked) {
    for (const option of options) {
      assert.match(option.flags, /^(-[a-z], )?--[a-z][a-z-]*( [<[][a-z=,.-]+[\]>])?$/, `warren ${name}`)
      assert.ok(option.help.length > 2 && !option.help.endsWith('.'), `warren ${name} ${option.flags}`)
    }
    const longs = options.map(longOf)
    assert.equal(new Set(longs).size, longs.length, `warren ${name} has an option twice`)
  }
})

test('every command has a help text with how to use it, its options and examples', async () => {
  for (const { entry: { name }, command: { options, examples } } of walked) {
    const { code, text } = await printed(() => main([...name.split(' '), '--help']))
    assert.equal(code, 0, name)
    assert.ok(text.startsWith(`Usage: warren ${name}`), text.slice(0, 200))
    for (const option of options) assert.ok(text.includes(longOf(option)), `${name} ${option.flags}`)
    assert.ok(examples.length > 0 && text.includes(`\nExamples:\n  ${examples[0]}\n`), name)
    for (const line of text.split('\n')) assert.ok(line.length <= HELP_COLUMNS_MAX, `warren ${name}: ${line}`)
  }
})

/** As a shell would take it apart, as far as the words of this command go. */
function wordsOf(example: string, name: string): readonly string[] | undefined {
  const [, rest] = new RegExp(`(?:^|[ |])warren ${name}(.*)$`).exec(example) ?? []
  const words = rest?.match(/'[^']*'|"[^"]*"|[^\s|]+|\|/g) ?? []
  const end = words.findIndex((word) => word === '--' || word === '|')
  return rest === undefined ? undefined : words.slice(0, end < 0 ? undefined : end)
    .map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
}

test('examples call the command by its name, with options that it has and values that it takes', () => {
  // By other names: the tour is begun by npm, and an executor by an agent.
  const others = new Set(['start', 'executor'])
  for (const { entry: { name }, command } of walked.filter((each) => !others.has(each.entry.name))) {
    for (const example of command.examples) {
      const words = wordsOf(example, name)
      assert.ok(words, `warren ${name}: ${example}`)
      for (const [index, word] of words.entries()) {
        if (!word.startsWith('-')) continue
        const option = optionIn(command, word)
        assert.ok(option, `warren ${name} has no ${word}: ${example}`)
        const value = words[index + 1]
        const isValued = option.flags.includes('<')
        assert.ok(!isValued || (value !== undefined && !value.startsWith('-')), `${word}: ${example}`)
        if (isValued && value !== undefined && !value.includes('...')) option.parse?.(value)
      }
    }
  }
})

test('an option that is a mistake is refused by every command, in one line, with exit code 2', async (t) => {
  for (const { entry: { name } } of walked) {
    const said: string[] = []
    const { write } = process.stderr
    process.stderr.write = ((chunk: string) => said.push(chunk) > 0) as typeof write
    try {
      assert.equal(await main([...name.split(' '), '--nonsense']), 2, name)
    } finally {
      process.stderr.write = write
    }
    assert.match(said.join(''), /^warren: [^\n]*--nonsense[^\n]*\n$/, name)
  }
  t.diagnostic(`${walked.length} commands`)
})

test('what asks a master answers with one document that says its version, or with JSON Lines', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t1', `cat ${gate().path}`)
  await tenant.start('t2', 'echo hello')
  await tenant.ended('t2')
  const client = new HttpClient(http.url)
  const { agents: [agent] } = await client.get<{ readonly agents: readonly { readonly id: string }[] }>('/v1/agents')
  const ids: Readonly<Record<string, string>> = { agent: agent?.id ?? '', framework: tenant.id, task: 't2' }
  const asking = walked.filter(({ entry: { name }, command }) => !GOES_ON.has(name)
    && optionIn(command, '--master')?.flags === '--master <url>' && optionIn(command, '--json') !== undefined)
  const tried: string[] = []
  for (const late of [false, true]) {
    for (const { entry: { name }, command } of asking.filter((each) => LATE.test(each.entry.name) === late)) {
      const places = (command.arguments ?? []).filter((place) => place.startsWith('<'))
      const words = places.map((place) => ids[place.replace(/[<>.]/g, '')])
      if (words.some((word) => word === undefined)) continue
      const args = [...name.split(' '), ...words as string[], '--json', '--master', http.url]
      const { code, stdout, stderr } = await warren(t, args)
      if (code !== 0 && places.length < (command.arguments ?? []).length) continue
      // Whether there is something to mend is about this machine.
      assert.ok(code === 0 || name === 'doctor', `${args.join(' ')} ended with ${code}: ${stderr}`)
      // A document has lines of its own for what is in it; a line of JSON Lines is an object.
      if (stdout.startsWith('{\n')) assert.equal(JSON.parse(stdout).schemaVersion, 1, name)
      else for (const line of stdout.trimEnd().split('\n')) assert.equal(typeof JSON.parse(line), 'object', name)
      tried.push(name)
    }
  }
  for (const name of ['agent list', 'task inspect', 'task kill', 'agent gone', 'events', 'top', 'doctor']) {
    assert.ok(tried.includes(name), name)
  }
})
