import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { framework } from '../../../actors/scheduler/framework.js'
import { task } from '../../../actors/scheduler/task.js'
import { scalar } from '../../../actors/resources/resources.js'
import { readNote } from '../../../infra/cli/connection.js'
import { openEmbeddedCluster, type EmbeddedCluster } from '../../../infra/dev/embedded-cluster.js'
import { localLink } from '../../../infra/local/link.js'
import { openFrameworkNode } from '../../../infra/node/framework-node.js'
import { silent } from '../../../runtime/logger.js'

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'warren-dev-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function opened(t: TestContext, workDir: string): Promise<EmbeddedCluster> {
  const cluster = await openEmbeddedCluster({
    cluster: 'test', workDir, agents: [{ name: 'a1' }, { name: 'a2' }], logger: silent,
  })
  t.after(() => cluster.close())
  return cluster
}

test('an embedded cluster has its agents registered and can be joined through its socket', async (t) => {
  const workDir = temporary(t)
  const cluster = await opened(t, workDir)
  assert.ok(cluster.agents.every(({ info }) => scalar(info.resources, 'cpus') >= 1))
  const note = readNote(workDir)
  assert.deepEqual([note?.cluster, note?.socket, note?.http], ['test', cluster.socket, cluster.http])
  assert.equal(statSync(join(workDir, 'cluster.json')).mode & 0o777, 0o600)
  const node = await openFrameworkNode({
    name: 'f1', openLink: localLink(cluster.socket), logger: silent,
    framework: () => framework<number>({
      name: 'one-task',
      initial: () => 0,
      receive(launched, event, ctx) {
        if (event.type === 'update' && event.update.exitCode !== undefined) ctx.finish(event.update.exitCode)
        if (event.type !== 'offers' || launched > 0) return launched
        const resources = { cpus: 0.1, mem: 16 }
        ctx.accept(event.offers[0] ?? [], [task({ id: 't', resources, command: 'exit 7' })])
        return launched + 1
      },
    }),
  })
  assert.equal(await node.finished, 7)
  await node.close()
})

test('a work directory holds one cluster at a time, and can be used again after it', async (t) => {
  const workDir = temporary(t)
  const first = await opened(t, workDir)
  await assert.rejects(opened(t, workDir), /in use by process \d+; stop it, or choose another with/)
  assert.ok(readNote(workDir), 'the first one is undisturbed')
  await first.close()
  assert.equal(readNote(workDir), undefined)
  assert.deepEqual([existsSync(first.socket), readdirSync(workDir).includes('lock')], [false, false])
  await (await opened(t, workDir)).close()
})

test('a cluster that cannot open whole leaves nothing behind', async (t) => {
  const workDir = temporary(t)
  const agents = [{ name: 'a1' }, { name: 'no name' }]
  const opening = openEmbeddedCluster({ cluster: 'test', workDir, agents, logger: silent })
  await assert.rejects(opening, /'no name' is no node name/)
  const left = readdirSync(workDir).filter((name) => ['warren.sock', 'lock', 'cluster.json'].includes(name))
  assert.deepEqual(left, [])
  await (await opened(t, workDir)).close()
})
