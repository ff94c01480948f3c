/**
 * Victim: a node in an OS process of its own, that a test can kill without a word.
 *
 * Run as a program it joins by what its arguments say and tells its parent when it is there.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { NodeAddress } from '../../runtime/address.js'
import { amqpLink } from '../../infra/amqp/link.js'
import { localLink } from '../../infra/local/link.js'
import { openPost } from '../../infra/post.js'
import { Recorder } from './recorder.js'

export type Way =
  | { readonly link: 'local'; readonly socketPath: string }
  | { readonly link: 'amqp'; readonly url: string; readonly cluster: string }

const SELF = fileURLToPath(import.meta.url)

/** Resolves once the victim has joined. */
export async function startVictim(self: NodeAddress, way: Way): Promise<{ kill(): void }> {
  const child = fork(SELF, [self, JSON.stringify(way)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await once(child, 'message')
  return { kill: () => child.kill('SIGKILL') }
}

if (process.argv[1] === SELF && process.send) {
  const [, , self = '', way = ''] = process.argv
  const parsed = JSON.parse(way) as Way
  const link = parsed.link === 'local' ? localLink(parsed.socketPath) : amqpLink([parsed.url], parsed.cluster)
  await openPost(self as NodeAddress, link, new Recorder())
  process.send('joined')
}
