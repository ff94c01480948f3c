import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { BrokerServer } from '../../../infra/amqp/broker-server.js'
import { ProcessGroups } from '../../../infra/amqp/process-groups.js'
import { temporaryDirectory } from '../agent/temporary.js'

const LIMIT = { timeout: 10_000 }

/** A server that is never started, whose `rabbitmqctl` is a script. */
function serverWith(t: TestContext, script: string, controlTimeoutMs?: number): BrokerServer {
  const home = temporaryDirectory(t)
  const groups = new ProcessGroups(home)
  t.after(() => groups.end())
  writeFileSync(join(home, 'rabbitmqctl'), `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  const settings = {
    home, directory: join(home, 'server'), port: 1, distributionPort: 2, epmdPort: 3, managementPort: undefined,
    password: 'secret', netTickSeconds: 10, netSetupSeconds: 7, members: [], rabbit: {},
  }
  const installation = { serverPath: join(home, 'rabbitmq-server'), environment: {} }
  return new BrokerServer(settings, groups, installation, controlTimeoutMs)
}

test('what rabbitmqctl prints is answered', LIMIT, async (t) => {
  const server = serverWith(t, 'echo "$RABBITMQ_NODENAME: $*"')
  assert.equal(await server.control('delete_queue', 'q'), 'warren-1@localhost: delete_queue q\n')
})

test('a rabbitmqctl that takes too long has failed, though it would end as if all were well', LIMIT, async (t) => {
  const server = serverWith(t, 'trap "exit 0" TERM; read -r word', 100)
  await assert.rejects(server.control('delete_queue', 'q'), /: rabbitmqctl delete_queue q took longer than 100 ms$/)
})

test('a rabbitmqctl that fails says why', LIMIT, async (t) => {
  const server = serverWith(t, 'echo "no such queue" >&2; exit 65')
  await assert.rejects(server.control('delete_queue', 'q'), /no such queue/)
})
