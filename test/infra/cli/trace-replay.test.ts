import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { TraceFileWriter } from '../../../infra/trace/trace-file.js'
import { LAUNCHER, ROOT, warren } from '../../support/command-line.js'
import { temporaryDirectory } from '../agent/temporary.js'
import { handled, hop, spanOf } from '../trace/hops.js'

const ALLOCATOR = 'master-m1@l1/master/allocator'

test('how a recording is made that begins with the actor is said as this program was called', async (t) => {
  const file = join(temporaryDirectory(t), 'late.trace')
  const writer = await TraceFileWriter.create(file)
  const sent = hop('sent', 2, 2, { from: ALLOCATOR, type: 'allocated', parent: spanOf(1) })
  await writer.write([...handled(1, 0, { to: ALLOCATOR, type: 'sweep' }), sent], 0)
  await writer.close()
  const environment = { PATH: '/bin:/usr/bin' }
  const argv = ['trace', 'replay', file, '--actor', 'master/allocator']
  const { code, stdout, stderr } = await warren(t, argv, { environment, directory: ROOT })
  assert.deepEqual([code, stderr], [1, ''])
  const called = LAUNCHER.slice(ROOT.length).replace(/^\/?/, '')
  assert.ok(stdout.includes(`\`${called} dev\`, then at once \`${called} trace record -o FILE\``), stdout)
})
