import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('inspect tells all about one, by the beginning of its id', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('hello', 'exit 3')
  await tenant.ended('hello')
  const inspect = (...args: string[]) => warren(t, [...args, '--master', http.url])

  const task = await inspect('task', 'inspect', 'hel')
  assert.equal(task.code, 0)
  assert.match(task.stdout, /^id +hello\nstate +FAILED \(exit 3\)\nmessage +.*\nframework +/)
  assert.match(task.stdout, /\nagent +.*-S0-\w+\nlaunch +.*-L0-\w+\n/)
  assert.match(task.stdout, /\nresources +0\.5 cpus, 32 MB\ncommand +exit 3\nlaunched +.*Z \(\d+s ago\)\n/)
  const own = await inspect('framework', 'inspect', tenant.id)
  assert.match(own.stdout, /\nname +f1\nstate +active\nroles +\*\n/)
  const agent = JSON.parse((await inspect('agent', 'list', '--json')).stdout).agents[0].id
  const shown = await inspect('agent', 'inspect', agent.slice(0, -1))
  assert.match(shown.stdout, /\nhostname +rock\n.*\nresources +4 cpus, 4096 MB/)
  const ids = { task: `${tenant.id}/hello`, framework: tenant.id, agent: String(agent) }
  for (const [noun, id] of Object.entries(ids)) {
    const document = JSON.parse((await inspect(noun, 'inspect', id, '--json')).stdout)
    assert.deepEqual([document.schemaVersion, id.endsWith(document[noun].id)], [1, true])
  }
})

test('an id that is unknown or means several things is refused', async (t) => {
  const { http, framework } = await openOperated(t)
  const [one, two] = [await framework('f1'), await framework('f2')]
  const failed = async (code: number, said: RegExp, ...args: string[]) => {
    const ended = await warren(t, [...args, '--master', http.url])
    assert.deepEqual([ended.code, ended.stdout], [code, ''])
    assert.match(ended.stderr, said)
  }
  // An id may begin with any one letter.
  for (const [noun, more] of [['task', ' --all'], ['offer', '']] as const) {
    const said = `^warren: there is no ${noun} 'no-such'; see \`warren ${noun} list${more} --master \\S+\`\n$`
    await failed(4, new RegExp(said), noun, 'inspect', 'no-such')
  }
  await failed(2, /^warren: an empty word is no agent/, 'agent', 'inspect', '')
  await failed(2, /^warren: missing required argument 'agent'/, 'agent', 'inspect')
  const both = new RegExp(`could be 2 frameworks: ${one.id}, ${two.id}`)
  await failed(2, both, 'framework', 'inspect', one.id.slice(0, one.id.lastIndexOf('-') - 1))
})
