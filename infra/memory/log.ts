/** Log in memory: the twin of a node's journal; it lasts as long as its process. */
import type { Ref } from '../../runtime/address.js'
import type { LogEvent, LogRequest } from '../../runtime/log.js'

export function memoryLog<Record>(
  tell: (to: Ref<LogEvent<Record>>, event: LogEvent<Record>) => void,
): (request: LogRequest<Record>) => void {
  const records: Record[] = []
  return (request) => {
    if (request.type === 'replay') return tell(request.replyTo, { type: 'replayed', records: [...records] })
    records.push(...request.records)
    tell(request.replyTo, { type: 'committed', token: request.token })
  }
}
