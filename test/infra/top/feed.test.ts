import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HttpClient } from '../../../infra/cli/http-client.js'
import { Failure } from '../../../infra/cli/failure.js'
import { feed } from '../../../infra/top/feed.js'
import { fold, NOTHING_YET, type TopEvent, type TopState } from '../../../infra/top/state.js'
import { openOperated } from '../../support/operated-cluster.js'

/** Follows until the test is over; `until` resolves once the state is as wished. */
function followed(connect: () => HttpClient) {
  const hangUp = new AbortController()
  let state: TopState = NOTHING_YET
  let waiting: (() => void)[] = []
  const tell = (event: TopEvent) => {
    state = fold(state, event)
    for (const wake of waiting.splice(0)) wake()
  }
  const ended = feed(connect, tell, hangUp.signal)
  const until = async (wish: (state: TopState) => boolean): Promise<TopState> => {
    while (!wish(state)) await Promise.race([ended, new Promise<void>((wake) => waiting.push(wake))])
    return state
  }
  return { until, async close() { hangUp.abort(); await ended; waiting = [] } }
}

test('what happens in a cluster arrives', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const { until, close } = followed(() => new HttpClient(http.url))
  t.after(close)
  const first = await until(({ agents, pulses, masters }) =>
    agents.size === 1 && pulses.length > 0 && masters.length > 0)
  assert.deepEqual([first.overview?.leader, first.masters], ['m1', ['m1']])
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t', `cat ${door.path}`)
  const busy = await until(({ overview, frameworks, agents }) => overview?.tasks['RUNNING'] === 1
    && [...frameworks.values()].some(({ tasks }) => tasks === 1)
    && [...agents.values()].some(({ tasks }) => tasks === 1))
  assert.equal([...busy.frameworks.values()][0]?.name, 'f1')
  await door.say('')
  await tenant.ended('t')
  await until(({ overview }) => overview?.tasks['FINISHED'] === 1)
})

test('a leader that is gone is said so, and the next one is found', async (t) => {
  const { http, master } = await openOperated(t)
  let url = http.url
  const { until, close } = followed(() => new HttpClient(url))
  t.after(close)
  await until(({ pulses }) => pulses.length > 0)
  await http.close()
  const lost = await until(({ problem }) => problem !== undefined)
  assert.match(lost.problem ?? '', /trying again|looking for the next/)
  const { openHttp } = await import('../../../infra/http/server.js')
  const logger = { log: () => undefined }
  const again = await openHttp({ system: master.system, master: master.master, cluster: 'test', port: 0, logger })
  t.after(() => again.close())
  url = again.url
  await until(({ problem, pulses }) => problem === undefined && pulses.length > 0)
})

test('nobody who answers at the beginning is a failure', async () => {
  const failed = feed(() => new HttpClient('http://127.0.0.1:1'), () => undefined, new AbortController().signal)
  await assert.rejects(failed, (error) => error instanceof Failure && error.exitCode === 6)
})
