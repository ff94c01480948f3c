import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { testBroker } from '../../support/broker.js'

const PROGRAM = fileURLToPath(new URL('../../../../infra/bin/warren.mjs', import.meta.url))
const broker = testBroker()

interface Line {
  readonly step: number
  readonly event: string
  readonly framework?: string
  readonly resources: object
  readonly tasks: readonly { readonly id: string }[]
}

/** Plays the example; `meanwhile` is called with all that was printed, each time something more is. */
async function play(argv: readonly string[], meanwhile: (printed: string) => void = () => undefined) {
  const child = spawn(process.execPath, [PROGRAM, 'example', 'offers', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [printed, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    meanwhile(printed)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text })
  const [code] = await once(child, 'close') as [number | null]
  return { code, printed, errors }
}

const linesOf = (printed: string): Line[] => printed.trim().split('\n').map((line) => JSON.parse(line) as Line)

const CYCLE = ['agent-registered', 'offer', 'accept', 'launch', 'launch', 'running', 'running', 'offer']

function checkCycle(lines: readonly Line[]): void {
  assert.deepEqual(lines.map(({ event }) => event), CYCLE)
  assert.deepEqual(lines.map(({ step }) => step), CYCLE.map((_, index) => index + 1))
  assert.deepEqual(lines[1], { ...lines[1], framework: 'framework-1', resources: { cpus: 4, mem: 4096 } })
  assert.deepEqual(lines[2]?.tasks.map(({ id }) => id), ['task-1', 'task-2'])
  assert.deepEqual(lines.at(-1), { ...lines.at(-1), framework: 'framework-2', resources: { cpus: 1, mem: 1024 } })
}

test('in one process, what framework 1 leaves is offered to framework 2', async () => {
  const { code, printed } = await play(['--json'])
  assert.equal(code, 0)
  checkCycle(linesOf(printed))
})

test('over RabbitMQ the same cycle is played by four processes', async () => {
  const { code, printed, errors } = await play(['--json', '--broker', broker.url])
  assert.equal(code, 0, errors)
  checkCycle(linesOf(printed))
})

test('the processes are those of a master, an agent and two schedulers', async () => {
  const commands = new Map<string, string>()
  const { code, printed } = await play(['--broker', broker.url], (so) => {
    for (const [, name = '', pid = ''] of so.matchAll(/(\S+) is process (\d+)/g)) {
      if (!commands.has(name)) commands.set(name, readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
    }
  })
  assert.equal(code, 0)
  assert.match(printed, /\(8\) The master offers 1 CPU, 1024 MB of \S+ to framework-2/)
  assert.deepEqual([...commands.keys()], ['master', 'framework-1', 'framework-2', 'agent'])
  assert.match(commands.get('master') ?? '', /warren\.mjs master/)
  assert.match(commands.get('agent') ?? '', /warren\.mjs agent/)
  assert.match(commands.get('framework-2') ?? '', /warren\.mjs framework run .*second\.js/)
})

test('what can be watched is played in one process', async () => {
  const { code, errors } = await play(['--watch', '--broker', broker.url])
  assert.equal(code, 2)
  assert.match(errors, /^warren: --watch shows what is played in this process: leave out --broker, .*\n$/)
})

test('a broker that is not there is named, without its password', async () => {
  const { code, errors } = await play(['--broker', 'amqp://me:secret@127.0.0.1:1'])
  assert.equal(code, 6)
  assert.match(errors, /^warren: master ended \(6\): cannot reach .*127\.0\.0\.1:1/)
  assert.doesNotMatch(errors, /secret/)
})
