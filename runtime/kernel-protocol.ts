/**
 * Kernel protocol: what the kernels of two nodes say to each other, beneath all actors, so that an actor
 * can watch one of another node.
 *
 * Delivery is at most once, so a watching node says now and then, and whenever it is connected again, whom
 * it watches: what was lost is then answered the next time.
 */
import { message, type MessageOf } from './protocol.js'
import { list, text } from './schema.js'

/** Where a node's kernel hears of others'; no actor can have this path. */
export const KERNEL_PATH = 'kernel'
/** How many actors one message may name, and one node may watch in another. */
export const WATCHED_ACTORS_MAX = 10_000

const paths = list(text(2_000), WATCHED_ACTORS_MAX)

export const kernelProtocol = {
  'watch-actors': message(65_001, 'Asks a node to tell when these of its actors have ended.', { paths }),
  'unwatch-actors': message(65_002, 'Takes back a watch.', { paths }),
  'actors-ended': message(65_003, 'These actors of the sender’s node, which were watched, are not there.', { paths }),
}
export type KernelMessage = MessageOf<typeof kernelProtocol>

export const isKernelMessage = (message: { readonly type: string }): message is KernelMessage =>
  Object.hasOwn(kernelProtocol, message.type)
