/** Work directory holder: a process that opens a work directory, says so, and waits to be killed. */
import { openWorkDirectory } from '../../../infra/disk/work-directory.js'

try {
  openWorkDirectory(process.argv[2] ?? '')
  process.send?.('held')
} catch (error) {
  process.send?.(String(error))
}
process.on('message', () => undefined) // Keeps the process until then.
