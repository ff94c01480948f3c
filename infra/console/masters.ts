/**
 * Masters: whom this page asks. First the master that it came from; when that is gone, or leads no more, the
 * others that it has heard of, until one of them leads.
 */
import { signal } from '@preact/signals'
import type { ClusterView } from '../../actors/protocol/operator.js'
import type { MasterView } from '../http/master-view.js'
import { outcomeOf, type Change, type Heard } from './leader-change.js'

const ASK_TIMEOUT_MS = 1_500
const AGAIN_MS = 250
/** A master that is busy may take a second to say that it is there. */
const LEARN_TIMEOUT_MS = 5_000
const LEARN_EVERY_MS = 5_000
const MASTERS_MAX = 16
/** Changes that are remembered. */
const CHANGES_MAX = 20
const PAGE_KEY = 'page-key'

/** All that are known, the one that is asked among them. */
export const masters = signal<readonly MasterView[]>([])
/** Who leads; undefined while nobody is known to. */
export const leader = signal<string | undefined>(undefined)
/** Oldest first. */
export const changes = signal<readonly Change[]>([])
/** Where it does not ask whom it came from, but this one. */
export const elsewhere = signal<MasterView | undefined>(undefined)

let seeking: Promise<void> | undefined
let led: string | undefined

/** Who led when one was known to. */
export const lastLeader = (): string | undefined => led

/** Of something that the leader's interface has. */
export const address = (path: string): string => addressAt(elsewhere.value, path)

/** Resolves once somebody leads. Many may ask at once. */
export function seekLeader(): Promise<void> {
  seeking ??= seek().finally(() => {
    seeking = undefined
  })
  return seeking
}

/** Whoever leads tells where all of them answer, and who leads; one who comes later is heard of later. */
export function learnMasters(): () => void {
  const learn = async (): Promise<void> => {
    const { masters: told } = (await read('/v1/masters')) as { readonly masters: readonly MasterView[] }
    masters.value = merged(masters.value, told)
    const leading = told.find((each) => each.leading)
    if (leading === undefined || seeking !== undefined) return
    leader.value = leading.name
    led = leading.name
  }
  let timer: ReturnType<typeof setTimeout>
  const loop = (): void => void learn().catch(() => undefined).finally(() => {
    timer = setTimeout(loop, LEARN_EVERY_MS)
  })
  loop()
  return () => clearTimeout(timer)
}

async function seek(): Promise<void> {
  const fromMs = Date.now()
  leader.value = undefined
  for (;;) {
    const heard = await Promise.all([askWho(undefined), ...masters.value.map(askWho)])
    const { found, leads } = outcomeOf(heard)
    if (leads) {
      elsewhere.value = found
      leader.value = leads.leader
      if (led !== undefined && leads.leader !== led) {
        const change = { fromMs, untilMs: Date.now(), was: led, is: leads.leader, epoch: leads.epoch }
        changes.value = [...changes.value, change].slice(-CHANGES_MAX)
      }
      led = leads.leader
      return
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

/** @param master undefined for the one that the page came from */
async function askWho(master: MasterView | undefined): Promise<Heard> {
  const url = addressAt(master, '/v1/cluster')
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) })
    .then((response) => response.json())
    .catch(() => undefined)
  return { master, cluster: (answer as { readonly cluster?: ClusterView } | undefined)?.cluster }
}

/** One that is busy may be silent for once. */
function merged(known: readonly MasterView[], told: readonly MasterView[]): readonly MasterView[] {
  const names = new Set(told.map(({ name }) => name))
  return [...told, ...known.filter(({ name }) => !names.has(name))].slice(0, MASTERS_MAX)
}

const read = (path: string): Promise<unknown> =>
  fetch(address(path), { signal: AbortSignal.timeout(LEARN_TIMEOUT_MS) }).then((response) => response.json())

/** Of another master only by its key: see `../http/guard.ts`. */
function addressAt(master: MasterView | undefined, path: string): string {
  if (!master || new URL(master.url).origin === location.origin) return path
  const key = `${path.includes('?') ? '&' : '?'}${PAGE_KEY}=${encodeURIComponent(master.pageKey ?? '')}`
  return `${new URL(path, master.url).href}${key}`
}
