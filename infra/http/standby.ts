/**
 * Standby: how a master answers that only follows. It knows what is decided, but not who is connected nor
 * what is on offer, so it sends whoever asks on to the leader. Who leads it says itself.
 */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Questions } from './questions.js'
import { Refusal } from './refusal.js'

const OWN = new Set(['/v1/cluster'])

export function addStandby(app: FastifyInstance, questions: Questions): void {
  app.addHook('preHandler', async ({ url }, reply) => {
    const path = url.split('?', 1)[0] ?? ''
    if (!path.startsWith('/v1/') || OWN.has(path)) return
    const { leading, leader, url: there } = await questions.leader()
    if (leading) return
    if (leader === '') throw new Refusal('unavailable', 'no master leads yet; ask again in a moment')
    // Interfaces answer on loopback, so another machine's may have the very address of this one.
    const isHere = there !== undefined && new URL(there).port === String((app.server.address() as AddressInfo).port)
    if (there === undefined || isHere) {
      const message = `this master does not lead; ${leader} did last: ask that one, on its own machine`
      throw new Refusal('unavailable', message)
    }
    return reply.redirect(new URL(url, there).href, 307)
  })
}
