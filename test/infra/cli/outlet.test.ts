import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'node:test'

const MODULE = new URL('../../../infra/cli/outlet.js', import.meta.url).href

/** Runs a script that writes through an outlet, with its output in a pipe as a shell makes one. */
const SCRIPT = `
const { openOutlet } = await import('${MODULE}')
const out = openOutlet(process.stdout)
`

const inPipe = (script: string, reader: string) => {
  const program = `'${process.execPath}' --input-type=module -e "$SCRIPT" | ${reader}`
  const env = { SCRIPT: SCRIPT + script, PATH: process.env['PATH'] }
  return spawn('sh', ['-c', program], { env, stdio: 'pipe', detached: true })
}

test('what is written arrives whole, however large', () => {
  const script = `${SCRIPT}
    for (let i = 0; i < 50; i++) await out.write('x'.repeat(100_000))
    await out.flushed()`
  const program = `'${process.execPath}' --input-type=module -e "$SCRIPT" | wc -c`
  const printed = execFileSync('sh', ['-c', program], { env: { SCRIPT: script, PATH: process.env['PATH'] } })
  assert.equal(printed.toString().trim(), '5000000')
})

test('a pipe that nobody empties does not stop the process', async () => {
  const script = `
    let done = false
    const written = out.write('x'.repeat(1_000_000)).then(() => { done = true })
    const say = () => process.stderr.write('still ' + (done ? 'done' : 'waiting') + '\\n')
    setImmediate(() => setImmediate(say))
    await written`
  const child = inPipe(script, 'sleep 600')
  const [said] = await once(child.stderr, 'data') as [Buffer]
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  assert.equal(said.toString(), 'still waiting\n')
})

test('it says when nobody reads any more, and the process lives on', async () => {
  const script = `
    while (await out.write('y\\n'.repeat(1_000)));
    process.stderr.write('closed ' + await out.write('more'))`
  const child = inPipe(script, 'head -1 > /dev/null')
  let said = ''
  child.stderr.on('data', (text) => { said += String(text) })
  const [code] = await once(child, 'close')
  assert.deepEqual([code, said], [0, 'closed false'])
})
