/** Dead letter reasons: what each means to whoever looks for a message that was lost. */
import type { DeadLetterReason } from './dead-letters.js'

export const DEAD_LETTER_REASONS: Readonly<Record<DeadLetterReason, string>> = {
  'no-such-actor': 'there was nobody of that address in the node, any more or yet',
  stopped: 'the receiver had ended',
  'mailbox-full': 'the receiver had more to do than it may keep waiting',
  crashed: 'the receiver failed over it',
  'port-failed': 'what connects the node to the world failed over it',
  expired: 'it was an answer or a question whose time was over',
  'not-accepted': 'the receiver does not take this from other nodes',
  'no-such-node': 'the node was gone',
  disconnected: 'there was no connection to the other nodes',
  unconfirmed: 'it was under way when the connection ended, and may have arrived',
  'outbox-full': 'there was no room for it while the broker did not take any',
  oversized: 'it was larger than what can be carried',
  forged: 'it was not from whom it said',
  misdirected: 'it was for another node, or another life of this one',
  malformed: 'it was no message of Warren\'s, or damaged',
  'newer-version': 'it was of a newer Warren, whose form this one cannot read',
  'unknown-message': 'this version knows no such message',
  invalid: 'it had not the form that it must have',
}
