import assert from 'node:assert/strict'
import { existsSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pipeTo } from '../infra/agent/temporary.js'
import { testBroker } from '../support/broker.js'
import { Running, warren } from '../support/command-line.js'
import { service } from '../support/service.js'

// A service as people run it, over a RabbitMQ: its scheduler is killed without a word, and replaced.

const broker = testBroker()
const CLUSTER = 'service'

test('a service whose scheduler is killed finds its task running, until it ends in order', { timeout: 110_000 },
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'warren-service-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const environment = { WARREN_BROKER: broker.url }
    const master = new Running(t, ['master', '--cluster', CLUSTER, '--name', 'm1', '--port', '0',
      '--log-format', 'json'], { environment })
    const [, http = ''] = await master.saying(/"url":"(http:\/\/127\.0\.0\.1:\d+)"/)
    const agent = new Running(t, ['agent', '--port', '0', '--cluster', CLUSTER, '--name', 'a1',
      '--work-dir', join(directory, 'a1'), '--resources', 'cpus:4;mem:1024;disk:10', '--log-format', 'json',
    ], { environment })
    await agent.saying(/registered as/)
    const pipe = pipeTo(directory, 'pipe')
    const [file, kept] = [join(directory, 'service.ts'), join(directory, 'state', 'service.id')]
    writeFileSync(file, service(`exec 3>${pipe.path}; echo begun >> ${directory}/begun; sleep 1000`))
    const start = () => new Running(t, ['framework', 'run', file, '--cluster', CLUSTER, '--keep', kept,
      '--log-format', 'json'], { environment })
    const runsOnce = () => assert.equal(readFileSync(join(directory, 'begun'), 'utf8'), 'begun\n')

    const first = start()
    const [, id = ''] = await first.saying(/it is ([\w-]+)/)
    await first.saying(/one is RUNNING/)
    first.signal('SIGKILL')
    await first.ended

    const second = start()
    await second.saying(new RegExp(`it is ${id}"`))
    await second.saying(/one is RUNNING/)
    runsOnce()

    // Another takes over while the second lives: that one hears so, and leaves the tasks alone.
    const third = start()
    await third.saying(/one is RUNNING/)
    const replaced = await second.ended
    assert.equal(replaced.code, 1)
    assert.match(replaced.stderr, /another instance has subscribed under this framework id/)
    runsOnce()
    const { stdout } = await warren(t, ['task', 'list', '--json', '--master', http])
    assert.deepEqual(JSON.parse(stdout).tasks.map(({ state, framework }: Record<string, string>) => [state, framework]),
      [['RUNNING', id]])

    third.signal('SIGTERM')
    await third.ended
    await pipe.closed
    assert.equal(existsSync(kept), false, 'nothing is left to come back to')
  })
