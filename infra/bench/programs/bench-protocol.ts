/** Bench protocol: what the actors of a bench say to each other. */
import { message, type MessageOf } from '../../../runtime/protocol.js'
import { Registry } from '../../../runtime/registry.js'
import { natural, ref, text } from '../../../runtime/schema.js'

/** Bodies are letters of one byte each. */
export const BODY_BYTES = 256
export const BODY = 'a'.repeat(BODY_BYTES)

export const call = {
  begin: message(1, 'A stream of parcels begins; its source wants credit, so much at a time.', {
    source: ref<BenchEvent>(), credit: natural,
  }),
  parcel: message(2, 'Carries a body, and nothing comes back.', { body: text(BODY_BYTES) }),
  question: message(3, 'Carries a body that is to come back.', { replyTo: ref<BenchEvent>(), body: text(BODY_BYTES) }),
}
export const event = {
  credit: message(10, 'So many parcels more may come.', { count: natural }),
  answer: message(11, 'The body of a question.', { body: text(BODY_BYTES) }),
}
export type BenchCall = MessageOf<typeof call>
export type BenchEvent = MessageOf<typeof event>

export const benchRegistry = new Registry(call, event)
