/** Events: what the cluster decided and why, as it was committed, not compacted. */
import type { EventView } from '../../http/event-words.js'
import { useEvents } from '../events.js'
import { clock } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { query, select, to } from '../route.js'

const COLUMNS: readonly Column<EventView>[] = [
  {
    key: 'at',
    title: 'Time',
    width: '116px',
    value: ({ number }) => number,
    cell: ({ at }) => (
      <time class="mono" dateTime={at} title={new Date(at).toLocaleString()}>
        {clock(Date.parse(at))}
      </time>
    ),
  },
  {
    key: 'level',
    isMinor: true,
    title: 'Level',
    width: '88px',
    value: ({ level }) => level,
    cell: ({ level }) => <Mark state={level} />,
  },
  { key: 'type',
    isMinor: true, title: 'Kind', width: '158px', value: ({ type }) => type, cell: ({ type }) => type },
  { key: 'text', title: 'What', value: ({ text }) => text, cell: ({ text }) => <span title={text}>{text}</span> },
  {
    key: 'task',
    isMinor: true,
    title: 'Task',
    width: '130px',
    value: ({ task = '' }) => task,
    cell: ({ task, launch }) => task && <a href={to('tasks', launch ?? task)}>{task}</a>,
  },
  {
    key: 'framework',
    isMinor: true,
    title: 'Framework',
    width: '118px',
    value: ({ framework = '' }) => framework,
    cell: ({ framework }) => framework && <a href={to('frameworks', framework)}>{framework}</a>,
  },
  {
    key: 'agent',
    isMinor: true,
    title: 'Agent',
    width: '108px',
    value: ({ agent = '' }) => agent,
    cell: ({ agent }) => agent && <a href={to('agents', agent)}>{agent}</a>,
  },
]

const SINCE: readonly (readonly [value: string, word: string])[] = [
  ['', 'all that is kept'],
  ['5m', '5 minutes'],
  ['1h', 'an hour'],
  ['1d', 'a day'],
]

export function EventsPage() {
  const since = query.value.get('since') ?? ''
  const withOffers = query.value.get('offers') === '1'
  const wish = new URLSearchParams({
    limit: '20000',
    ...(since ? { since } : {}),
    ...(withOffers ? { offers: '1' } : {}),
  })
  const { events, isRead, hasGap } = useEvents(wish.toString())
  return (
    <Page title="Events">
      {hasGap && (
        <p class="alarm warn">
          <b>! Some are missing.</b>
          <span>What happened meanwhile is no longer kept.</span>
        </p>
      )}
      <Table
        noun="event"
        rows={events}
        isRead={isRead}
        columns={COLUMNS}
        idOf={({ number }) => String(number)}
        order={{ key: 'at', descending: true }}
        tools={
          <>
            <label class="soft">
              Since{' '}
              <select class="field" value={since} onChange={(event) => select({ since: event.currentTarget.value })}>
                {SINCE.map(([value, word]) => (
                  <option key={value} value={value}>
                    {word}
                  </option>
                ))}
              </select>
            </label>
            <label class="soft">
              <input
                type="checkbox"
                checked={withOffers}
                onChange={() => select({ offers: withOffers ? undefined : '1' })}
              />{' '}
              with offers
            </label>
          </>
        }
      />
    </Page>
  )
}
