/**
 * Guard: who may ask. Nobody has to name themselves yet, so only this machine may; and a web page open
 * on this machine is somebody else: it would come under a foreign name (DNS rebinding shows in Host), or
 * send its own address along (Origin).
 */
import { Refusal } from './refusal.js'

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** May the interface listen there? */
export const isLoopback = (ip: string): boolean =>
  ip === '::1' || ip === 'localhost' || /^127(\.\d{1,3}){3}$/.test(ip)

/** Throws a `Refusal` unless the request was addressed to this machine, by this machine. */
export function checkOrigin(method: string, host: string | undefined, origin: string | undefined): void {
  if (host === undefined || !LOOPBACK_NAMES.has(nameOf(host))) {
    const heard = host === undefined ? 'no Host header' : `the Host header '${host}'`
    throw new Refusal('forbidden', `${heard} does not name this machine: ask 127.0.0.1, localhost or [::1]`)
  }
  if (method === 'GET' || method === 'HEAD' || origin === undefined) return
  if (origin.toLowerCase() !== `http://${host}`.toLowerCase()) {
    throw new Refusal('forbidden', `a page from '${origin}' may not change this cluster`)
  }
}

/** Throws a `Refusal` when the request is meant for another cluster than this one. */
export function checkCluster(wanted: unknown, cluster: string): void {
  if (wanted === undefined || wanted === cluster) return
  throw new Refusal('misdirected', `this master leads cluster '${cluster}', not '${String(wanted)}'`)
}

const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()
