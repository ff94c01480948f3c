/** Actor look: what waits for one actor and what it holds, while one looks. */
import { useState } from 'preact/hooks'
import type { ActorLookAnswer, WaitingView } from '../../http/actor-look-view.js'
import { isGroup } from '../../snapshot/words.js'
import { clock, span } from '../format.js'
import { Problem } from '../parts/page.js'
import { ShownTree } from '../parts/shown-tree.js'
import { to } from '../route.js'
import { useAgain } from './again.js'
import { nodeName } from './nodes.js'

const FROM_ITSELF = 'from itself: a timer, or the end of whom it watches'

/** Why an actor of that status has no state. */
const NO_STATE: Readonly<Record<string, string>> = {
  new: 'It has not begun yet.',
  'backing-off': 'It holds nothing now: it has failed, and its next life begins after a pause.',
}

export function ActorLook({
  node,
  path,
  status,
}: {
  readonly node: string
  readonly path: string
  readonly status: string
}) {
  const { answer, problem } = useAgain<ActorLookAnswer>(
    `/v1/actors/${encodeURIComponent(node)}/${encodeURIComponent(path)}`,
  )
  const isAsking = !answer && problem === undefined && <p class="note">Asking the node …</p>
  return (
    <>
      <Problem text={problem} />
      <section aria-label="Waiting messages">
        <h3>Waiting messages</h3>
        {isAsking}
        {answer?.waiting.length === 0 && <p class="note">Nothing waits.</p>}
        {answer && answer.waiting.length > 0 && <WaitingList {...answer} />}
      </section>
      <section aria-label="State">
        <h3>State</h3>
        {isAsking}
        {answer && answer.state === undefined && <p class="note">{NO_STATE[status] ?? 'It holds nothing now.'}</p>}
        {answer?.state !== undefined && (
          <>
            <p class="note">As it is now. What is called like a secret is not shown.</p>
            <ShownTree shown={answer.state} label={`State of ${path}`} />
          </>
        )}
      </section>
    </>
  )
}

function WaitingList({ waiting, waitingTotal }: ActorLookAnswer) {
  const more = waitingTotal - waiting.length
  return (
    <>
      <ol class="waiting">
        {waiting.map((each, index) => (
          <WaitingItem key={`${index} ${each.type}`} waiting={each} />
        ))}
      </ol>
      {more > 0 && <p class="note">… {more.toLocaleString('en')} more</p>}
    </>
  )
}

function WaitingItem({ waiting }: { readonly waiting: WaitingView }) {
  const { type, waitedMs, deadlineMs, body } = waiting
  const [isOpen, setOpen] = useState(false)
  const isEmpty = isGroup(body) && body.size === 0
  const line = (
    <>
      <code>
        <i aria-hidden="true">{isEmpty ? '·' : isOpen ? '▾' : '▸'}</i> {type}
      </code>{' '}
      <span class="num">waits {span(waitedMs)}</span>
    </>
  )
  return (
    <li>
      {isEmpty ? (
        <div class="line">{line}</div>
      ) : (
        <button type="button" class="line" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {line}
        </button>
      )}
      <div class="from">
        <From {...waiting} />
        {deadlineMs !== undefined && `, not after ${clock(deadlineMs)}`}
      </div>
      {isOpen && <ShownTree shown={body} label={`Content of ${type}`} />}
    </li>
  )
}

function From({ from, isNotice }: WaitingView) {
  if (from === undefined) return <>{isNotice ? FROM_ITSELF : 'from outside'}</>
  const node = nodeOf(from)
  return (
    <>
      {isNotice ? 'the answer of ' : 'from '}
      <a href={`${to('actors')}?node=${encodeURIComponent(node)}&actor=${encodeURIComponent(from)}`} title={from}>
        <code>{`${nodeName(node)}/${from.slice(node.length + 1)}`}</code>
      </a>
    </>
  )
}

const nodeOf = (address: string): string => address.replace(/\/.*$/, '')
