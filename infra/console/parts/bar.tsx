/** Bar: how much of something is used, offered and free. */
import { amount, percent, resourceName } from '../format.js'

interface Parts {
  readonly total: number
  readonly used: number
  readonly offered: number
}

/** @param label what a screen reader says before the figures */
export function Bar({ total, used, offered, label }: Parts & { readonly label: string }) {
  const part = (value: number) => (total > 0 ? Math.min(1, value / total) : 0)
  const words = `${label}: ${percent(part(used))} used, ${percent(part(offered))} offered`
  return (
    <div class="bar" role="img" aria-label={words}>
      <span class="used" style={{ width: `${part(used) * 100}%` }} />
      <span class="offered" style={{ width: `${part(offered) * 100}%` }} />
    </div>
  )
}

type Amounts = Readonly<Record<string, number | string>>
const of = (amounts: Amounts, name: string): number => (typeof amounts[name] === 'number' ? amounts[name] : 0)

/** One bar for each resource that can be counted. */
export function ResourceBars({ total, used, offered }: { total: Amounts; used: Amounts; offered: Amounts }) {
  const names = Object.keys(total).filter((name) => typeof total[name] === 'number')
  return (
    <div class="resources">
      {names.map((name) => {
        const [all, taken, out] = [of(total, name), of(used, name), of(offered, name)]
        const free = Math.max(0, all - taken - out)
        return (
          <div key={name}>
            <div class="line">
              <b>{resourceName(name)}</b>
              <span class="soft">
                {amount(name, taken)} used, {amount(name, out)} offered, {amount(name, free)} free of{' '}
                {amount(name, all)}
              </span>
            </div>
            <Bar total={all} used={taken} offered={out} label={resourceName(name)} />
          </div>
        )
      })}
      <div class="legend">
        <span>
          <i class="used" />
          used
        </span>
        <span>
          <i class="offered" />
          offered
        </span>
        <span>
          <i class="free" />
          free
        </span>
      </div>
    </div>
  )
}

interface MeterProps {
  readonly part: number
  readonly label: string
  readonly isLive?: boolean
}

/** @param isLive measured, and not counted */
export function Meter({ part, label, isLive = false }: MeterProps) {
  return (
    <div class={isLive ? 'meter live' : 'meter'}>
      <div role="img" aria-label={`${label}: ${percent(part)}`}>
        <span style={{ width: `${Math.min(1, part) * 100}%` }} />
      </div>
      <span class="num">{percent(part)}</span>
    </div>
  )
}
