import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeAddress } from '../../../runtime/address.js'
import { memoryHub } from '../../../infra/memory/link.js'
import { openPost } from '../../../infra/post.js'
import { Recorder } from '../../support/recorder.js'
import { transportConformance } from '../transport-conformance.js'

transportConformance(async () => {
  const hub = memoryHub()
  return {
    openLink: hub.open,
    async startVictim(self) {
      await openPost(self, hub.open, new Recorder())
      return { kill: () => hub.kill(self) }
    },
    async stop() {},
  }
})

test('delivery never happens within send', async () => {
  const hub = memoryHub()
  const [master, agent] = [nodeAddress('master', 'a', '1'), nodeAddress('agent', 'a', '1')]
  let sending = false
  const delivered = new Promise<boolean>((resolve) => {
    void hub.open(master, {
      frame: () => resolve(sending), forged() {}, undeliverable() {}, lost() {}, connection() {},
    })
  })
  const link = await hub.open(agent, { frame() {}, forged() {}, undeliverable() {}, lost() {}, connection() {} })
  sending = true
  link.send(master, Buffer.from([0x90]))
  sending = false
  assert.equal(await delivered, false)
})

test('two nodes of one address cannot both be there', async () => {
  const hub = memoryHub()
  const self = nodeAddress('master', 'a', '1')
  await openPost(self, hub.open, new Recorder())
  await assert.rejects(openPost(self, hub.open, new Recorder()), /'master-a@1' is already here/)
})
