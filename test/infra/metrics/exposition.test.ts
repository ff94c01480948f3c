/** The dashboard, and what a cluster of processes serves. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { testBroker } from '../../support/broker.js'
import { devCluster, ROOT, Running } from '../../support/command-line.js'
import { readOpenMetrics, seriesNames } from '../../support/open-metrics.js'
import { temporaryDirectory } from '../agent/temporary.js'

const broker = testBroker()

interface Dashboard {
  readonly panels: readonly {
    readonly type: string
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}
const text = readFileSync(join(ROOT, 'infra/grafana/warren.json'), 'utf8')
const { panels } = JSON.parse(text) as Dashboard

/** What is followed by labels, wherever it stands. */
const namesIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/([a-zA-Z_:][a-zA-Z0-9_:]*)\{/g)].map(([, name = '']) => name)

interface Ready {
  readonly masters: readonly { readonly name: string; readonly http: string }[]
  readonly agents: readonly { readonly http: string }[]
}

test('every node of a cluster serves what the dashboard asks for', async (t) => {
  const workDir = join(temporaryDirectory(t), 'w')
  const { dev, find } = await devCluster(
    t, workDir, '--broker', broker.url, '--masters', '2', '--agents', '1', '--json')
  const [line] = await dev.saying(/^.*"event":"ready".*$/m)
  const { masters, agents } = JSON.parse(line) as Ready
  const hello = ['actors/frameworks/example/primes.ts', '--', '100000000', '3']
  const framework = new Running(t, ['framework', 'run', '--port', '0', ...find, '--log-format', 'pretty', ...hello])
  const [, frameworkHttp = ''] = await framework.saying(/health and metrics at (http:\/\/127\.0\.0\.1:\d+)/)
  const places = [...masters.map(({ http }) => http), ...agents.map(({ http }) => http), frameworkHttp]
  assert.equal(places.length, 4)
  const served = new Set<string>()
  for (const place of places) {
    assert.equal(await (await fetch(`${place}/livez`)).text(), 'ok\n')
    // The first begins to measure messages; what is asked for by others in between is measured.
    await (await fetch(`${place}/metrics`)).text()
  }
  const ready = await Promise.all(masters.map(async ({ http }) => (await fetch(`${http}/readyz?verbose`)).text()))
  assert.match(ready[0] ?? '', /^\[\+\] master: leads .*\n\[\+\] transport: connected.*\nready\n$/)
  assert.match(ready[1] ?? '', /^\[\+\] master: follows m1, which leads /)
  const agentReady = await (await fetch(`${agents[0]?.http}/readyz?verbose`)).text()
  assert.match(agentReady, /^\[\+\] agent: registered as \S+ with 'warren' in epoch 1 since/)
  for (const place of places) {
    const read = readOpenMetrics(await (await fetch(`${place}/metrics`)).text())
    for (const own of ['warren_build_info', 'warren_mailbox_messages', 'warren_connection', 'process_open_fds']) {
      assert.ok(seriesNames(read).has(own), `${own} of ${place}`)
    }
    for (const name of seriesNames(read)) served.add(name)
    for (const name of read.keys()) served.add(read.get(name)?.type === 'counter' ? `${name}_total` : name)
  }
  for (const { title, targets = [] } of panels) {
    for (const { expr } of targets) {
      assert.ok(namesIn(expr).length > 0, `${title}: ${expr}`)
      for (const name of namesIn(expr)) {
        // Of what has not happened yet there is no line.
        if (name !== 'warren_dead_letters_total') assert.ok(served.has(name), `${title}: nobody serves ${name}`)
      }
    }
  }
  framework.signal('SIGTERM')
  await framework.ended
})

test('no panel of the dashboard lies on another', () => {
  for (const [index, { title, gridPos: a }] of panels.entries()) {
    for (const { title: other, gridPos: b } of panels.slice(index + 1)) {
      const meet = a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
      assert.ok(!meet, `${title} and ${other}`)
    }
    assert.ok(a.x + a.w <= 24, title)
  }
})
