/**
 * Guard: who may ask. Nobody has to name themselves yet, so only this machine may; and a web page open
 * on this machine is somebody else: it would come under a foreign name (DNS rebinding shows in Host), or
 * send its own address along (Origin); and browsers say themselves whether a request crosses (Sec-Fetch-Site).
 *
 * But for a page of another master of the cluster, whose own has gone. That one knows this master's page key:
 * made anew whenever the interface opens, and told to masters alone, which tell it to their own pages.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Refusal } from './refusal.js'

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** May the interface listen there? */
export const isLoopback = (ip: string): boolean =>
  ip === '::1' || ip === 'localhost' || /^127(\.\d{1,3}){3}$/.test(ip)

export interface Origins {
  readonly host?: string | undefined
  readonly origin?: string | undefined
  readonly 'sec-fetch-site'?: string | string[] | undefined
  readonly 'sec-fetch-mode'?: string | string[] | undefined
}

export const newPageKey = (): string => randomBytes(24).toString('base64url')

/** Whether a page of another address on this machine asks, which another master has told the key. */
export function isOtherMasters(origin: string | undefined, said: unknown, pageKey: string): boolean {
  if (origin === undefined || typeof said !== 'string' || !/^http:\/\//i.test(origin)) return false
  if (!LOOPBACK_NAMES.has(nameOf(origin.slice('http://'.length)))) return false
  const [one, other] = [Buffer.from(said), Buffer.from(pageKey)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/**
 * Throws a `Refusal` unless the request was addressed to this machine, by this machine.
 * @param letIn a page of another address that may
 */
export function checkOrigin(method: string, headers: Origins, letIn = false): void {
  const { host, origin, 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode } = headers
  if (host === undefined || !LOOPBACK_NAMES.has(nameOf(host))) {
    const heard = host === undefined ? 'no Host header' : `the Host header '${host}'`
    throw new Refusal('forbidden', `${heard} does not name this machine: ask 127.0.0.1, localhost or [::1]`)
  }
  if (letIn) return
  const isForeign = site !== 'same-origin' && site !== 'none'
  if (method === 'GET' || method === 'HEAD') {
    // To follow a link that leads here is fine; to take what is here into a page of elsewhere is not.
    if (site !== 'cross-site' || mode === 'navigate') return
    throw new Refusal('forbidden', 'a page from elsewhere may not read this cluster')
  }
  const isOther = origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase()
  if (!isOther && !isForeign) return
  throw new Refusal('forbidden', `a page from ${isOther ? `'${origin}'` : 'elsewhere'} may not change this cluster`)
}

/** Throws a `Refusal` when the request is meant for another cluster than this one. */
export function checkCluster(wanted: unknown, cluster: string): void {
  if (wanted === undefined || wanted === cluster) return
  throw new Refusal('misdirected', `this master leads cluster '${cluster}', not '${String(wanted)}'`)
}

const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()
