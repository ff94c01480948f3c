import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NONE } from '../../../actors/resources/resources.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { openJournalPort } from '../../../infra/agent/journal-port.js'
import { WorkDirectoryError } from '../../../infra/disk/work-directory.js'
import { memoryHub } from '../../../infra/memory/link.js'
import { openAgentNode } from '../../../infra/node/agent-node.js'
import { temporaryDirectory } from '../agent/temporary.js'

const log = () => undefined

test('the work directory of an agent of another cluster is refused, and left as it is', async (t) => {
  const workDir = temporaryDirectory(t)
  const path = join(workDir, 'journal')
  await new Promise<void>((resolve) => void openJournalPort(path, () => resolve()).then((journal) => journal.handle({
    type: 'append', token: 1, replyTo: refOf(nodeAddress('agent', 'a', '1'), 'agent'),
    records: [{ type: 'became-agent', agentId: 'w-S0' as never, cluster: 'prod' }],
  })))
  const before = readFileSync(path)
  const opening = (cluster: string) => openAgentNode({
    name: 'a', workDir, cluster, resources: NONE, attributes: {}, openLink: memoryHub().open, logger: { log },
    modules: { program: () => ({ argv: [] }), environment: () => ({}) },
  })
  await assert.rejects(opening('test'), (error: Error) => error instanceof WorkDirectoryError
    && /of an agent of cluster 'prod', not of 'test'; choose another with --work-dir/.test(error.message))
  assert.deepEqual(readFileSync(path), before)
  const agent = await opening('prod')
  await agent.abandon()
})
