/** Holder: a process that serves a local socket until it is killed. */
import { memoryHub } from '../../../infra/memory/link.js'
import { serveLocal } from '../../../infra/local/server.js'

await serveLocal(memoryHub(), process.argv[2] ?? '')
process.send?.('listening')
