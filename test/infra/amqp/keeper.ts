/** Keeper: a process that keeps a program, which listens on a port, in a process group. */
import { mkdtempSync, openSync, readFileSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProcessGroups } from '../../../infra/amqp/process-groups.js'

const LISTENER =
  "const server = require('net').createServer().listen(0, '127.0.0.1', () => console.log(server.address().port))"

const directory = mkdtempSync(join(tmpdir(), 'warren-keeper-'))
const output = join(directory, 'port')
const file = openSync(output, 'w')
watch(output, () => {
  const port = Number(readFileSync(output, 'utf8'))
  if (port > 0) process.send?.(port)
})
new ProcessGroups(directory).start(process.execPath, ['-e', LISTENER], {}, file)
