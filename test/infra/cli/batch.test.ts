import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after } from 'node:test'
import { clusterLine } from '../../support/cluster-line.js'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1))
const lines = (count: number) => numbers(count).join('\n')

const line = await clusterLine(['cpus:4;mem:4096;disk:1000', 'cpus:4;mem:4096;disk:1000'])
after(() => line.close())
const directory = mkdtempSync(join(tmpdir(), 'warren-batch-test-'))
after(() => rmSync(directory, { recursive: true }))

test('runs the command once for each of 200 inputs and prints every result', async () => {
  const { code, stdout, stderr } = await line.run(['batch', '--', 'expr', '{}', '*', '2'], lines(200))
  assert.equal(code, 0)
  const printed = stdout.trim().split('\n').map(Number).sort((one, other) => one - other)
  assert.deepEqual(printed, numbers(200).map((each) => Number(each) * 2))
  assert.match(stderr, /200 ok, 0 failed in .* tasks per accept\n$/)
  assert.equal(stderr.includes('\x1b'), false)
})

test('keeps the order of the inputs, however their tasks end', async () => {
  const script = 'sleep 0.$(( 9 - {} % 10 )); seq {} 3000'
  const argv = ['batch', '--keep-order', '--cpus', '0.2', '--', 'sh', '-c', script]
  const { stdout } = await line.run(argv, lines(20))
  const expected = numbers(20).map((from) => execFileSync('seq', [from, '3000']).toString()).join('')
  assert.equal(stdout, expected)
})

test('keeps each task\'s output in one piece', async () => {
  const script = 'for i in 1 2 3; do echo {} {}; sleep 0.05; done'
  const { stdout } = await line.run(['batch', '--', 'sh', '-c', script], 'a\nb\nc\nd\n')
  const blocks = stdout.trim().split('\n').filter((text, index, all) => text !== all[index - 1])
  assert.deepEqual(blocks.sort(), ['a a', 'b b', 'c c', 'd d'])
})

test('lists the inputs that failed, and exits with 1', async () => {
  const { code, stdout, stderr } = await line.run(
    ['batch', '--retries', '1', '--', 'sh', '-c', 'echo {}; exit $(( {} % 5 == 0 ? 3 : 0 ))'], lines(10))
  assert.equal(code, 1)
  assert.equal(stdout.trim().split('\n').length, 10)
  const how = '(exit code 3, 2 attempts)'
  assert.ok(stderr.includes(`failed: 5 ${how}\nfailed: 10 ${how}\n8 ok, 2 failed`), stderr)
})

test('says what became of each task as JSON, with what it wrote, and a summary last', async () => {
  const script = 'echo {}; echo no >&2; exit {}'
  const argv = ['batch', '--json', '--keep-order', '--quiet', '--', 'sh', '-c', script]
  const { stdout, stderr } = await line.run(argv, '0\n4\n')
  const [first, second, summary] = stdout.trim().split('\n').map((each) => JSON.parse(each))
  assert.deepEqual([first.input, first.state, first.exitCode], ['0', 'FINISHED', 0])
  assert.deepEqual([first.stdout, first.stderr], ['0\n', 'no\n'])
  assert.deepEqual([second.taskId, second.exitCode, second.attempts], ['2', 4, 1])
  assert.ok(/^a[12]$/.test(second.agent) && second.durationMs >= 0)
  assert.deepEqual([summary.event, summary.ok, summary.failed], ['summary', 1, 1])
  assert.equal(stderr, 'failed: 4 (exit code 4)\n')
})

test('writes output into files when given a directory', async () => {
  const output = join(directory, 'out')
  const script = 'seq {}; [ {} = 2 ] && echo e >&2 || :'
  const { stdout } = await line.run(['batch', '--output', output, '--', 'sh', '-c', script], '1\n2\n')
  assert.equal(stdout, '')
  assert.deepEqual(readdirSync(output).sort(), ['1.stdout', '2.stderr', '2.stdout'])
  assert.equal(readFileSync(join(output, '2.stdout'), 'utf8'), '1\n2\n')
})

test('takes inputs from files, or files as inputs', async () => {
  const [one, other] = [join(directory, 'one'), join(directory, 'two words')]
  writeFileSync(one, 'a b\n\n$(exit 9)')
  writeFileSync(other, 'c\n')
  const each = await line.run(['batch', '--keep-order', '--input', one, other, '--', 'echo', '<{}>'])
  assert.equal(each.stdout, '<a b>\n<$(exit 9)>\n<c>\n')
  const files = await line.run(['batch', '--keep-order', '--each', one, other, '--', 'cat'])
  assert.equal(files.stdout, 'a b\n\n$(exit 9)c\n')
})

test('runs no more at once than it may', async () => {
  const mark = `${directory}/run-{}`
  const script = `ls -d ${directory}/run-* 2>/dev/null | wc -l; touch ${mark}; sleep 0.02; rm ${mark}`
  const { stdout } = await line.run(['batch', '--jobs', '1', '--', 'sh', '-c', script], lines(6))
  assert.deepEqual(stdout.trim().split('\n').map(Number), [0, 0, 0, 0, 0, 0])
})

test('has nothing to do without inputs', async () => {
  assert.deepEqual(await line.run(['batch', '--', 'true'], '\n\n'), {
    code: 0, stdout: '', stderr: 'warren: nothing to do: there is no input\n',
  })
})

test('says at once when no agent could ever hold a task', async () => {
  const { code, stderr } = await line.run(['batch', '--mem', '99999', '--', 'true'], '1\n')
  assert.deepEqual([code, stderr], [1, 'warren: needs 99999 mem; the largest agent has 4096\n'])
})

for (const [argv, said, exitCode] of [
  [[], /no command to run/, 2],
  [['--input', '/nowhere/x', '--', 'true'], /--input: '\/nowhere\/x' cannot be read: no such file/, 2],
  [['--each', 'a', '--input', 'b', '--', 'true'], /--input and --each exclude each other/, 2],
  [['--retries', 'x', '--', 'true'], /--retries: 'x' is no count/, 2],
  [['--jobs', '0', '--', 'true'], /--jobs: '0' is no count; write a whole number from 1/, 2],
  [['--output', '/dev/null/x', '--', 'true'], /--output: '\/dev\/null\/x' cannot be written/, 3],
] as const) {
  test(`refuses ${JSON.stringify(argv)}`, async () => {
    const { code, stderr } = await line.run(['batch', ...argv], '1\n')
    assert.equal(code, exitCode)
    assert.match(stderr, said)
  })
}

test('ends all its tasks on Ctrl-C and exits with 130', async () => {
  // The pipe ends when the last task that holds it open has ended.
  const pipe = join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  const child = line.start(['batch', '--', 'sh', '-c', `exec sleep 60 > ${pipe}; : {}`])
  child.stdin?.end('1\n2\n3\n')
  let stderr = ''
  child.stderr?.on('data', (text) => { stderr += String(text) })
  const reader = createReadStream(pipe)
  await once(reader, 'open')
  child.kill('SIGINT')
  reader.resume()
  const [[code]] = await Promise.all([once(child, 'close'), once(reader, 'end')])
  assert.equal(code, 130)
  assert.match(stderr, /interrupted: 0 ok, 0 failed, 3 not done/)
})
