import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('the files of a task are listed, as a table, as paths and as JSON', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', 'printf 123 >a; mkdir b; ln -s /etc c')
  await tenant.ended('t')
  const files = (...args: string[]) => warren(t, ['task', 'files', 't', ...args, '--master', http.url])
  const table = await files('sandbox')
  assert.equal(table.code, 0)
  assert.match(table.stdout, /^SIZE +CHANGED +NAME\n3 +\d+s +a\n- +\d+s +b\/\n- +\d+s +c -> \/etc\n$/)
  assert.equal((await files('--quiet', '--no-headers')).stdout, 'sandbox\nstatus\nstderr\nstdout\n')
  assert.equal((await files('sandbox/', '--quiet')).stdout, 'sandbox/a\nsandbox/b\nsandbox/c\n')
  assert.deepEqual(await files('sandbox/b'), { code: 0, stdout: '', stderr: 'no files\n' })
  const document = JSON.parse((await files('sandbox', '--json')).stdout)
  assert.deepEqual([document.schemaVersion, document.path, document.files[0].name], [1, 'sandbox', 'a'])
  const out = await files('sandbox/c')
  assert.deepEqual([out.code, out.stderr],
    [1, "warren: 'sandbox/c' leads out of the directory that may be read\n"])
  assert.equal((await files('nothing')).code, 4)
})
