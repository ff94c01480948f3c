/** Message: one message of a trace: its way, its times, its size, and what is in it. */
import type { Arrow } from '../../trace/sequence.js'
import { bytes, clock, duration } from '../format.js'
import { Facts } from '../parts/page.js'
import { Mark } from '../parts/mark.js'
import { select, to } from '../route.js'

export function Message({ arrow, close }: { readonly arrow: Arrow; readonly close: () => void }) {
  const {
    type,
    from,
    to: receiver,
    trace,
    span,
    parent,
    dropped,
    outcome,
    queuedForMs,
    durationMs,
    sentMs,
    deliveredMs,
  } = arrow
  const travelledMs =
    sentMs !== undefined && deliveredMs !== undefined ? Math.max(0, deliveredMs - sentMs) : undefined
  const state = dropped === undefined ? (arrow.processedMs === undefined ? 'sent' : 'processed') : 'dropped'
  return (
    <aside
      class="card message"
      aria-label={`Message ${type}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
      }}
    >
      <header>
        <h2>
          {type} <Mark state={state} word={dropped === undefined ? state : `dropped: ${dropped}`} />
        </h2>
        <button type="button" class="button small" onClick={close}>
          Close
        </button>
      </header>
      <div class="in">
        <p class="hidden" role="status">
          {type} from {from ?? 'nowhere'} to {receiver}
        </p>
        <Facts
          facts={[
            ['From', from === undefined ? 'a timer, or the outside' : <code key="f">{from}</code>],
            ['To', <code key="t">{receiver}</code>],
            ['Sent', sentMs && clock(sentMs)],
            ['Arrived', arrow.enqueuedMs && clock(arrow.enqueuedMs)],
            ['On its way', travelledMs === undefined ? undefined : duration(travelledMs)],
            ['Waited', queuedForMs === undefined ? undefined : duration(queuedForMs)],
            ['Took', durationMs === undefined ? undefined : duration(durationMs)],
            ['Outcome', outcome],
            ['Acknowledged', arrow.acknowledgedMs && clock(arrow.acknowledgedMs)],
            ['Size', arrow.bytes === undefined ? undefined : bytes(arrow.bytes)],
            [
              'Framework',
              arrow.framework && (
                <a key="w" href={to('frameworks', arrow.framework)}>
                  {arrow.framework}
                </a>
              ),
            ],
            ['Trace', <code key="c">{trace}</code>],
            ['Span', <code key="s">{span}</code>],
            [
              'Caused by',
              parent && (
                <button key="p" type="button" class="button small" onClick={() => select({ span: parent })}>
                  {parent}
                </button>
              ),
            ],
          ]}
        />
        <div class="tools">
          <button type="button" class="button small" onClick={() => select({ trace, view: 'sequence' })}>
            Only this trace
          </button>
          <button type="button" class="button small" onClick={() => select({ trace, view: 'tree' })}>
            Its causes
          </button>
        </div>
        {arrow.body ? (
          <pre class="text" tabIndex={0} role="region" aria-label="Body">
            {JSON.stringify(arrow.body, undefined, 2)}
          </pre>
        ) : (
          <p class="note">Its body was not kept.</p>
        )}
      </div>
    </aside>
  )
}
