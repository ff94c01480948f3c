/** Trace text: a trace as people read it at a terminal: as a tree of causes, or in the order of time. */
import type { Cause } from './causal-tree.js'
import { milliseconds } from './mermaid.js'
import { shortIdOf } from './trace-id.js'
import { arrivedMs, type Arrow, type Sequence } from './sequence.js'

/** Each effect below its cause; `●` is on the way to what ended last. Of several traces each root says which it is. */
export function treeText(roots: readonly Cause[]): string {
  const lines: string[] = []
  const idOf = naming(roots.map(({ arrow }) => arrow))
  const draw = ({ arrow, effects, isCritical }: Cause, lead: string, rest: string): void => {
    const id = lead === '' ? idOf(arrow) : ''
    lines.push(`${lead}${isCritical ? '●' : '○'} ${arrow.type}  ${wayOf(arrow)}${after(detailsOf(arrow))}${id}`)
    effects.forEach((effect, index) => {
      const isLast = index === effects.length - 1
      draw(effect, `${rest}${isLast ? '└─' : '├─'}`, `${rest}${isLast ? '  ' : '│ '}`)
    })
  }
  for (const root of roots) draw(root, '', '')
  return lines.map((line) => `${line}\n`).join('')
}

/** A line for each message, with the time since the first; of several traces it says which it is. */
export function sequenceText({ arrows, restarts, beginMs }: Sequence): string {
  const idOf = naming(arrows)
  const lines = [
    ...arrows.map((arrow) => {
      const text = `${wayOf(arrow)}  ${arrow.type}${after(detailsOf(arrow))}${idOf(arrow)}`
      return { atMs: arrivedMs(arrow), text }
    }),
    ...restarts.map(({ lane, atMs, reason }) => ({ atMs, text: `${lane} begins anew: ${reason}` })),
  ].sort((left, right) => left.atMs - right.atMs)
  return lines.map(({ atMs, text }) => `${`+${(atMs - beginMs).toFixed(1)}ms`.padStart(10)}  ${text}\n`).join('')
}

/** `331B q=0.4ms p=1.1ms ack` */
export function detailsOf(arrow: Arrow): string {
  const { bytes, queuedForMs, durationMs, outcome, acknowledgedMs, dropped, isReply } = arrow
  return [
    isReply ? 'reply' : '', bytes === undefined ? '' : `${bytes}B`,
    queuedForMs === undefined ? '' : `q=${milliseconds(queuedForMs)}`,
    durationMs === undefined ? '' : `p=${milliseconds(durationMs)}`,
    acknowledgedMs === undefined ? '' : 'ack', outcome === undefined || outcome === 'ok' ? '' : outcome.toUpperCase(),
    dropped === undefined ? '' : `DROPPED ${dropped}`,
  ].filter((word) => word !== '').join(' ')
}

export const wayOf = ({ from, to }: Arrow): string => `${from ?? '⏱'} → ${to}`
function naming(arrows: readonly Arrow[]): (arrow: Arrow) => string {
  const areSeveral = new Set(arrows.map(({ trace }) => trace)).size > 1
  return ({ trace }) => (areSeveral ? after(shortIdOf(trace)) : '')
}

const after = (text: string): string => (text === '' ? '' : `  ${text}`)
