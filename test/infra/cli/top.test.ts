import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { LAUNCHER } from '../../../infra/node/module-runner.js'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('where nobody looks on one frame is printed, all of it and without colours', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t', `cat ${door.path}`)
  const { code, stdout, stderr } = await warren(t, ['top', '--master', http.url])
  assert.deepEqual([code, stderr], [0, ''])
  // What the task leaves may be on offer at that moment, and is drawn then.
  assert.match(stdout, /^cluster test {2}leader m1 {2}epoch 1\n\ncpus {4}\[\|+[ :]+\] {2}0\.5 of 4(, 3\.5 offered)?\n/)
  assert.match(stdout, /^tasks {3}1 RUNNING$/m)
  assert.match(stdout, /^a1 +active +1 +0\.5 \/ 4 /m)
  assert.match(stdout, /^f1 +active +1 +0\.5 /m)
  assert.ok(!stdout.includes('\u001b'))
  await door.say('')
})

test('as JSON it is one document, in the order that was asked for', async (t) => {
  const { http, framework } = await openOperated(t)
  for (const name of ['f2', 'f1']) await framework(name)
  const { code, stdout } = await warren(t, ['top', '--json', '--sort', 'name', '--master', http.url])
  const { schemaVersion, overview, masters, agents, frameworks } = JSON.parse(stdout)
  assert.deepEqual([code, schemaVersion, overview.cluster, masters, agents.length], [0, 1, 'test', ['m1'], 1])
  assert.deepEqual(frameworks.map(({ name }: { name: string }) => name), ['f1', 'f2'])
})

test('a cluster that is not there, and an order that there is not, end it in words', async (t) => {
  const gone = await warren(t, ['top', '--master', 'http://127.0.0.1:1'])
  assert.deepEqual([gone.code, gone.stdout], [6, ''])
  assert.match(gone.stderr, /cannot reach the master/)
  const wrong = await warren(t, ['top', '--sort', 'colour'])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /'colour' is none of cpus, mem, tasks, name, state/)
})

test('at a terminal it takes the screen, hears keys, and gives the screen back', { timeout: 30_000 }, async (t) => {
  const { http, framework } = await openOperated(t)
  await framework('f1')
  const line = `stty rows 12 cols 50; exec '${process.execPath}' '${LAUNCHER}' top --master ${http.url}`
  // `script` lends it a terminal; it is part of every Debian.
  const child = spawn('script', ['-qfec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const news = new EventEmitter()
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    news.emit('more')
  })
  const until = async (seen: RegExp): Promise<void> => {
    while (!seen.test(shown)) await once(news, 'more')
  }
  await until(/\u001b\[\?1049h[\s\S]*cluster test[\s\S]*AGENT[\s\S]*q quit/)
  shown = ''
  child.stdin.write('\t')
  await until(/FRAMEWORK[\s\S]*f1[\s\S]*q quit/)
  assert.ok(!shown.includes('AGENT'), 'there is room for one list')
  const closed = once(child, 'close')
  child.stdin.write('q')
  const [code] = await closed as [number]
  assert.equal(code, 0)
  assert.ok(shown.endsWith('\u001b[?25h\u001b[?1049l'), JSON.stringify(shown.slice(-60)))
})
