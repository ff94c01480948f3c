/**
 * Console: the web console's files, as the build has made them, from memory. They load nothing from
 * elsewhere, and the policy that goes with them lets them load nothing.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Questions } from './questions.js'
import { Refusal } from './refusal.js'

const HOME = '/console/'
const PLACE = new URL('../../console/', import.meta.url)
const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8', 'console.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml',
}
const LOADED = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "manifest-src 'none'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ')

/**
 * What a page may ask: whom it came from, and where other masters may lead, what this machine's other addresses
 * answer. Of those it knows the masters by name, and which there will be nobody knows when the page is loaded.
 */
const policyOf = (canLeaderChange: boolean): string =>
  `${LOADED}; connect-src 'self'${canLeaderChange ? ' http://127.0.0.1:* http://localhost:*' : ''}`

interface Asset {
  readonly type: string
  readonly tag: string
  readonly plain: Buffer
  readonly packed: Buffer
}

/** Is it a browser that asks, for a person? */
export const wantsPage = ({ headers: { accept = '' } }: FastifyRequest): boolean => accept.includes('text/html')

export interface OfMaster {
  readonly questions: Questions
  readonly canLeaderChange: boolean
}

/** @param master undefined where none is: it serves whoever comes */
export function addConsole(app: FastifyInstance, master?: OfMaster): void {
  const assets = new Map<string, Asset>()
  const policy = policyOf(master?.canLeaderChange === true)
  app.get('/console', async (_request, reply) => reply.redirect(HOME, 308))
  app.get<{ Params: { '*': string } }>('/console/*', async (request, reply) => {
    const path = request.params['*']
    const name = Object.hasOwn(TYPES, path) ? path : 'index.html'
    if (name === 'index.html') {
      // Deep links are the page's own; what looks like a file is none.
      if (/\.\w{1,5}$/.test(path) && path !== name) throw new Refusal('not-found', `there is no ${path} in the console`)
      const elsewhere = master && await leaderOf(master.questions, request)
      if (elsewhere !== undefined) return reply.redirect(elsewhere, 307)
    }
    const asset = assets.get(name) ?? assetOf(name)
    assets.set(name, asset)
    return send(asset, policy, request, reply)
  })
}

/** A page asks first whom it came from, so it must come from who leads. */
async function leaderOf(questions: Questions, { url, host }: FastifyRequest): Promise<string | undefined> {
  const leader = await questions.leader().catch(() => undefined)
  if (!leader || leader.leading || leader.url === undefined) return undefined
  // Between two epochs of its own it is the last leader that it knows of.
  const there = new URL(url, leader.url)
  return there.port === host.split(':').at(-1) ? undefined : there.href
}

function assetOf(name: string): Asset {
  const plain = readFileSync(new URL(name, PLACE))
  const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { type: TYPES[name] ?? 'application/octet-stream', tag, plain, packed: gzipSync(plain) }
}

function send(
  { type, tag, plain, packed }: Asset, policy: string, { headers }: FastifyRequest, reply: FastifyReply,
): FastifyReply {
  // Asked again each time, and answered with nothing unless it is another build: a stale console would lie.
  reply.headers({
    'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin', 'cache-control': 'no-cache', etag: tag, vary: 'accept-encoding',
  })
  if (headers['if-none-match']?.includes(tag)) return reply.code(304).send()
  reply.type(type)
  const isPacked = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))
  return isPacked ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(plain)
}
