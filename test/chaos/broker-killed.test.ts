/**
 * A broker that is killed and started under load: no node dies, memory stays bounded, each message is
 * delivered once or counted, and traffic is back within 5 s of the broker.
 *
 * `OUTAGE_SECONDS=60` makes the load last a minute, with a kill in every 20 s; `OUTAGE_RATE` is in
 * messages a second, `OUTAGE_SAY=1` prints the account.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { nodeAddress } from '../../runtime/address.js'
import { testBroker } from '../support/broker.js'
import { type Account, FloodNode } from './flood-node.js'

const SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 4)
const RATE = Number(process.env['OUTAGE_RATE'] ?? 20_000)
const KILL_EVERY_SECONDS = 20
const RETURN_MAX_MS = 5_000
/** More than a broker's word for what it has lost; far less than a second of load that is kept. */
const GROWTH_MAX_BYTES = 150 * 1_048_576
const broker = testBroker()

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
const lettersOf = ({ deadLetters }: Account, ...reasons: string[]): number =>
  sum(reasons.map((reason) => deadLetters[reason] ?? 0))

const LIMIT = { timeout: 110_000 + SECONDS * 3_000 }

test(`a broker is killed under ${RATE} messages a second, for ${SECONDS} s`, LIMIT, async (t) => {
  const master = nodeAddress('master', 'm', 'life1')
  const agents = [nodeAddress('agent', 'a', 'life1'), nodeAddress('agent', 'b', 'life1')]
  const join = async (self: typeof master, peers: readonly (typeof master)[]) => {
    const node = await FloodNode.start({ self, urls: [broker.url], peers, perSecond: RATE / agents.length })
    t.after(() => node.stop())
    return node
  }
  const receiver = await join(master, [])
  const senders = await Promise.all(agents.map((self) => join(self, [master])))
  const all = [receiver, ...senders]
  const begunAt = performance.now()
  for (const sender of senders) sender.flood()
  // Load is what this test is made of, and load takes time.
  const kills = Math.max(1, Math.floor(SECONDS / KILL_EVERY_SECONDS))
  const calmMs = SECONDS * 1_000 / (kills + 1)
  await receiver.until(({ heard }) => agents.every((agent) => (heard[agent]?.count ?? 0) > 0))
  await delay(calmMs)
  const rssBefore = (await Promise.all(all.map((node) => node.report()))).map(({ rssMaxBytes }) => rssMaxBytes)

  const returnsMs: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    await broker.kill()
    for (const node of all) await node.until(({ vitals }) => vitals.connection === 'disconnected')
    await broker.start()
    const startedAt = Date.now()
    const back = await receiver.until(({ backAtMs, heard, vitals }) =>
      vitals.reconnects === kill + 1 && backAtMs > startedAt - 1_000 && agents.every((agent) => heard[agent]))
    returnsMs.push(back.backAtMs - startedAt)
    for (const sender of senders) await sender.until(({ vitals }) => vitals.reconnects === kill + 1)
    await delay(calmMs)
  }

  for (const sender of senders) sender.pause()
  const floodedMs = performance.now() - begunAt
  const told = await Promise.all(senders.map((sender) => sender.until(({ vitals }) => vitals.unconfirmedBytes === 0)))
  const sent = told.map((account) => account.sent[master] ?? 0)
  const end = await receiver.until(({ heard }) => agents.every((agent, index) => heard[agent]?.last === sent[index]))
  for (const node of all) assert.ok(node.isAlive)

  const perSecond = Math.round(sum(sent) / floodedMs * 1_000)
  const heard = agents.map((agent) => end.heard[agent])
  const delivered = sum(heard.map((each) => each?.count ?? 0))
  const missed = end.vitals.envelopesMissed
  const known = sum(told.map((account) => lettersOf(account, 'disconnected', 'no-such-node', 'outbox-full')))
  const unconfirmed = sum(told.map((account) => lettersOf(account, 'unconfirmed')))
  const rss = (await Promise.all(all.map((node) => node.report()))).map(({ rssMaxBytes }) => rssMaxBytes)
  const account = { sent, perSecond, delivered, missed, known, unconfirmed, returnsMs, rssBefore, rss }
  if (process.env['OUTAGE_SAY']) process.stdout.write(`${JSON.stringify(account)}\n`)
  assert.deepEqual(heard.map((each) => each?.disordered), [0, 0], 'none twice, none out of order')
  assert.equal(delivered + missed + lettersOf(end, 'mailbox-full'), sum(sent), 'each is delivered or counted')
  assert.ok(known <= missed, 'what a sender knows to be lost was not delivered')
  assert.ok(known > 0, 'senders are told')
  for (const each of returnsMs) assert.ok(each <= RETURN_MAX_MS, `traffic was back after ${each} ms`)
  rss.forEach((bytes, index) => assert.ok(bytes - (rssBefore[index] ?? 0) < GROWTH_MAX_BYTES, `${bytes} bytes`))
})
