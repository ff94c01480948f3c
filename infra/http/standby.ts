/**
 * Standby: how a master answers that only follows. It knows what is decided, but not who is connected nor
 * what is on offer, so it sends whoever asks on to the leader. Who leads it says itself.
 */
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
    if (there === undefined) throw new Refusal('unavailable', `this master only follows ${leader}; ask that one`)
    return reply.redirect(new URL(url, there).href, 307)
  })
}
