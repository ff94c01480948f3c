/** Actor drawer: all that is known of one actor: what waits, what it holds, how it failed, and what came of that. */
import { useEffect, useRef } from 'preact/hooks'
import type { ActorVitals } from '../../../actors/protocol/vitals.js'
import { plural, span } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Facts } from '../parts/page.js'
import { Ago } from '../parts/time.js'
import { to } from '../route.js'
import { ActorLook } from './actor-look.js'
import { DECIDED, timesFailed } from './failures.js'

const DECISIONS: Readonly<Record<string, string>> = {
  restart: 'it was given a new life, with a fresh state and the same mailbox',
  stop: 'it was ended, and who watches it was told',
  escalate: 'it was ended, and its parent failed with the same failure',
}

export function ActorDrawer({
  node,
  actor,
  close,
}: {
  readonly node: string
  readonly actor: ActorVitals
  readonly close: () => void
}) {
  const place = useRef<HTMLElement>(null)
  const address = `${node}/${actor.path}`
  useEffect(() => {
    place.current?.focus()
  }, [address])
  const { status, mailbox, oldestMs, processed, restarts, onFailure, crash, earlier = [], recent } = actor
  return (
    <aside
      class="drawer wide"
      ref={place}
      tabIndex={-1}
      aria-label={`Actor ${actor.path}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
      }}
    >
      <header>
        <h2>
          {actor.path} <Mark state={status} />
        </h2>
        <button type="button" class="button small" onClick={close}>
          Close
        </button>
      </header>
      <div class="in">
        <Facts
          facts={[
            ['Address', <code key="a">{address}</code>],
            ['Mailbox', plural(mailbox, 'message')],
            ['Next one waits', oldestMs === 0 ? 'nothing waits' : span(oldestMs)],
            ['Processed', processed.toLocaleString('en')],
            ['Restarts', String(restarts)],
            ['When it fails', onFailure],
          ]}
        />
        <a class="button" href={`${to('trace')}?actor=${encodeURIComponent(address)}`}>
          Trace its messages
        </a>
        <ActorLook key={address} node={node} path={actor.path} status={status} />
        <section aria-label="Last failure">
          <h3>Last failure</h3>
          {!crash ? (
            <p class="note">It has not failed in this life of its node.</p>
          ) : (
            <>
              <pre class="text">
                {crash.error}
                {crash.at && `\nat ${crash.at}`}
              </pre>
              <Facts
                facts={[
                  ['When', <Ago key="w" at={crash.atMs} />],
                  ['While it had', crash.message && <code key="m">{crash.message}</code>],
                  ['Its supervisor', DECISIONS[crash.decision] ?? crash.decision],
                ]}
              />
            </>
          )}
        </section>
        {earlier.length > 0 && (
          <section aria-label="Earlier failures">
            <h3>Earlier failures</h3>
            <p class="note">
              It has failed {timesFailed(actor)} times in this life of its node; the last before that:
            </p>
            <ol class="failures" reversed>
              {[...earlier].reverse().map(({ atMs, error, message, decision }, index) => (
                <li key={index}>
                  <Ago at={atMs} />
                  {message && (
                    <>
                      , with <code>{message}</code>
                    </>
                  )}
                  : {error.split('\n', 1)}; {DECIDED[decision] ?? decision}
                </li>
              ))}
            </ol>
          </section>
        )}
        <section aria-label="Last messages">
          <h3>Received last</h3>
          {recent.length === 0 ? (
            <p class="note">Nothing yet.</p>
          ) : (
            <ol class="recent">
              {[...recent].reverse().map((type, index) => (
                <li key={index}>
                  <code>{type}</code>
                </li>
              ))}
            </ol>
          )}
        </section>
      </div>
    </aside>
  )
}
