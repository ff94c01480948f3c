import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('dead letters are listed with why nobody took them, and sent again', async (t) => {
  const { http, agent: { system } } = await openOperated(t)
  const letter = (...args: string[]) => warren(t, ['dead-letter', ...args, '--master', http.url])
  const none = await letter('list')
  assert.deepEqual([none.code, none.stdout, none.stderr], [0, '', 'no dead letters\n'])

  system.tell(`${system.node}/nobody` as never, { type: 'start', environment: { API: 'hunter2' } } as never)
  const { stdout, stderr } = await letter('list')
  assert.match(stdout, new RegExp('^LETTER +TIME +REASON +MESSAGE +FROM +TO\\n'
    + 'agent-a1@\\w+/1 +20\\S+Z +no-such-actor +start +- +agent-a1@\\w+/nobody\\n$'))
  assert.equal(stderr, 'since the nodes began: 1 no-such-actor\n')
  for (const elsewhere of [['--reason', 'crashed'], ['--node', 'master']]) {
    assert.equal((await letter('list', '--quiet', ...elsewhere)).stdout, '')
  }
  const json = (await letter('list', '--json', '--reason', 'no-such-actor')).stdout
  assert.deepEqual(JSON.parse(json).letters.map(({ number }: { number: number }) => number), [1])
  assert.ok(!json.includes('hunter2'))

  const again = await letter('replay', 'agent-a1/1')
  assert.match(again.stdout, /^dead letter agent-a1\/1 is on its way again\nsee whether .*: warren dead-letter list /)
  assert.match((await letter('list', '--quiet')).stdout, /^agent-a1@\w+\/2\n$/, 'there is still nobody')
  const gone = await letter('replay', 'agent-a1/1')
  assert.deepEqual([gone.code, gone.stdout], [4, ''])
  assert.match(gone.stderr, /there is no dead letter 1: only the last 1000 are kept/)
})

test('what is no dead letter, and no reason of one, is refused with what there is', async (t) => {
  const wrong = await warren(t, ['dead-letter', 'replay', 'twelve'])
  assert.deepEqual([wrong.code, wrong.stderr],
    [2, "warren: 'twelve' is no dead letter: write NODE/NUMBER; see `warren dead-letter list`\n"])
  const reason = await warren(t, ['dead-letter', 'list', '--reason', 'bad'])
  assert.equal(reason.code, 2)
  assert.match(reason.stderr, /^warren: --reason: 'bad' is none; use one of no-such-actor, /)
})
