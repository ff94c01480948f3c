/**
 * Local tell: how many messages a second actors of one node pass to each other, against nact's own
 * dispatch. One actor that is flooded, and a ring of a thousand through which tokens travel.
 */
import nact from 'nact'
import { registry } from '../../actors/protocol/registry.js'
import type { Actor } from '../../runtime/actor.js'
import { nodeAddress, type Ref } from '../../runtime/address.js'
import { silent } from '../../runtime/logger.js'
import { nactTurns } from '../../runtime/nact.js'
import { System } from '../../runtime/system.js'
import { systemClock } from '../clock.js'
import { systemRandom } from '../random.js'
import { contest, type Row } from './rounds.js'

const FLOOD = 300_000
const RING = 1_000
const TOKENS = 10
const LAPS = 20

interface Token {
  readonly type: 'token'
  readonly left: number
}

export async function localTell(progress: (text: string) => void): Promise<Row[]> {
  const common = {
    bench: 'runtime', unit: 'messages/s', peer: 'nact dispatch', goal: { atLeast: 5 }, progress,
  } as const
  return [
    await contest({ ...common, row: 'local tell, one actor', subject: kernelFlood, rival: nactFlood }),
    await contest({ ...common, row: `local tell, a ring of ${RING}`, subject: kernelRing, rival: nactRing }),
  ]
}

function newSystem(): System {
  return new System(nodeAddress('agent', 'bench', 'b1'), {
    turns: nactTurns(`bench-${Math.random()}`), clock: systemClock, random: systemRandom, logger: silent, registry,
    collapsed: (_, error) => { throw error },
  })
}

async function kernelFlood(): Promise<number> {
  const system = newSystem()
  const began = performance.now()
  await new Promise<void>((done) => {
    const counter: Actor<number, { readonly type: 'one' }> = {
      initial: () => 0,
      receive(count) {
        if (count + 1 === FLOOD) done()
        return count + 1
      },
      mailbox: { messagesMax: FLOOD, whenFull: 'refuse-new' },
    }
    const source: Actor<number, { readonly type: 'go' }> = {
      initial: () => 0,
      receive(state, _message, ctx) {
        for (let sent = 0; sent < FLOOD / 100; sent++) ctx.tell(target, { type: 'one' })
        if (state < 99) ctx.tell(ctx.self, { type: 'go' })
        return state + 1
      },
    }
    const target = system.spawn('counter', counter)
    system.tell(system.spawn('source', source), { type: 'go' })
  })
  const seconds = (performance.now() - began) / 1_000
  await system.stop()
  return FLOOD / seconds
}

async function nactFlood(): Promise<number> {
  const system = nact.start()
  const began = performance.now()
  await new Promise<void>((done) => {
    const target = nact.spawn(system, (count: number) => {
      if (count + 1 === FLOOD) done()
      return count + 1
    }, 'counter', { initialState: 0 })
    const source: nact.Ref<null> = nact.spawn(system, (state: number) => {
      for (let sent = 0; sent < FLOOD / 100; sent++) nact.dispatch(target, null)
      if (state < 99) nact.dispatch(source, null)
      return state + 1
    }, 'source', { initialState: 0 })
    nact.dispatch(source, null)
  })
  const seconds = (performance.now() - began) / 1_000
  nact.stop(system)
  return FLOOD / seconds
}

async function kernelRing(): Promise<number> {
  const system = newSystem()
  let ended = 0
  const began = performance.now()
  await new Promise<void>((done) => {
    const refs: Ref<Token>[] = []
    const member = (index: number): Actor<number, Token> => ({
      initial: () => 0,
      receive(state, { left }, ctx) {
        const next = refs[(index + 1) % RING]
        if (left > 0 && next) ctx.tell(next, { type: 'token', left: left - 1 })
        else if (++ended === TOKENS) done()
        return state + 1
      },
    })
    for (let index = 0; index < RING; index++) refs.push(system.spawn(`m${index}`, member(index)))
    for (let token = 0; token < TOKENS; token++) {
      system.tell(refs[token * RING / TOKENS] as Ref<Token>, { type: 'token', left: RING * LAPS })
    }
  })
  const seconds = (performance.now() - began) / 1_000
  await system.stop()
  return RING * LAPS * TOKENS / seconds
}

async function nactRing(): Promise<number> {
  const system = nact.start()
  let ended = 0
  const began = performance.now()
  await new Promise<void>((done) => {
    const refs: nact.Ref<Token>[] = []
    for (let index = 0; index < RING; index++) {
      refs.push(nact.spawn(system, (state: number, { left }: Token) => {
        const next = refs[(index + 1) % RING]
        if (left > 0 && next) nact.dispatch(next, { type: 'token', left: left - 1 } as const)
        else if (++ended === TOKENS) done()
        return state + 1
      }, `m${index}`, { initialState: 0 }) as nact.Ref<Token>)
    }
    for (let token = 0; token < TOKENS; token++) {
      nact.dispatch(refs[token * RING / TOKENS] as nact.Ref<Token>, { type: 'token', left: RING * LAPS })
    }
  })
  const seconds = (performance.now() - began) / 1_000
  nact.stop(system)
  return RING * LAPS * TOKENS / seconds
}
