/** Dead letters: messages that nobody took, why, and sending them again. */
import { useEffect, useState } from 'preact/hooks'
import type { LetterView } from '../../../actors/protocol/vitals.js'
import { DEAD_LETTER_REASONS } from '../../../runtime/dead-letter-reasons.js'
import { get, post, sentence } from '../api.js'
import { clock, plural } from '../format.js'
import { Card, Facts, Page, Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { query, select } from '../route.js'
import { nodeName } from './nodes.js'

type Letter = LetterView & { readonly node: string }

interface Letters {
  readonly counts: Readonly<Record<string, number>>
  readonly nodesAsked: number
  readonly nodesTotal: number
  /** Of those asked; a master of an older version leaves it out. */
  readonly silent?: readonly string[]
  readonly letters: readonly Letter[]
}

const AGAIN_MS = 2_000
const keyOf = ({ node, number }: Letter): string => `${node}/${number}`
const heardOf = ({ nodesAsked, silent = [] }: Letters): number => nodesAsked - silent.length

const whyOf = (reason: string): string =>
  (DEAD_LETTER_REASONS as Readonly<Record<string, string>>)[reason] ?? 'it could not be taken'

export function LettersPage() {
  const [told, setTold] = useState<Letters | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let isOver = false
    const read = () =>
      get<Letters>('/v1/dead-letters').then(
        (answer) => {
          if (isOver) return
          setTold(answer)
          setProblem(undefined)
        },
        (error: unknown) => setProblem(sentence(error)),
      )
    void read()
    const timer = setInterval(read, AGAIN_MS)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [asked])
  const chosen = told?.letters.find((letter) => keyOf(letter) === query.value.get('letter'))
  const counts = Object.entries(told?.counts ?? {}).sort(([, left], [, right]) => right - left)
  return (
    <Page title="Dead letters">
      <Problem text={problem} />
      <Card
        title="By reason"
        aside={told && <span class="note">of {plural(heardOf(told), 'node')}, since each began</span>}
      >
        {counts.length === 0 ? (
          <p class="note">{told ? 'Nothing has been lost.' : 'Asking the nodes …'}</p>
        ) : (
          <Facts
            facts={counts.map(([reason, count]) => [
              `${count.toLocaleString('en')} ${reason}`,
              whyOf(reason),
            ])}
          />
        )}
      </Card>
      <Table
        noun="letter"
        rows={told?.letters ?? []}
        isRead={told !== undefined}
        columns={COLUMNS}
        idOf={keyOf}
        order={{ key: 'at', descending: true }}
        empty="No message was lost."
      />
      {chosen && <Open letter={chosen} replayed={() => setAsked(asked + 1)} />}
    </Page>
  )
}

const COLUMNS: readonly Column<Letter>[] = [
  {
    key: 'at',
    title: 'Time',
    width: '124px',
    value: ({ atMs }) => atMs,
    cell: ({ atMs }) => <time class="mono">{clock(atMs)}</time>,
  },
  { key: 'reason', title: 'Reason', width: '140px', value: ({ reason }) => reason, cell: ({ reason }) => reason },
  {
    key: 'type',
    title: 'Message',
    width: '180px',
    value: ({ type = '' }) => type,
    cell: (letter) => (
      <button type="button" class="button small" onClick={() => select({ letter: keyOf(letter) })}>
        {letter.type ?? 'unreadable'}
      </button>
    ),
  },
  {
    key: 'from',
    isMinor: true,
    title: 'From',
    value: ({ from = '' }) => from,
    cell: ({ from = '–' }) => (
      <span class="mono" title={from}>
        {from}
      </span>
    ),
  },
  {
    key: 'to',
    title: 'To',
    value: ({ to = '' }) => to,
    cell: ({ to: where = '–' }) => (
      <span class="mono" title={where}>
        {where}
      </span>
    ),
  },
  { key: 'node',
    isMinor: true, title: 'Found in', width: '140px', value: ({ node }) => node, cell: ({ node }) => nodeName(node) },
]

function Open({ letter, replayed }: { readonly letter: Letter; readonly replayed: () => void }) {
  const [said, setSaid] = useState('')
  const replay = () => {
    post(`/v1/dead-letters/${encodeURIComponent(letter.node)}/${letter.number}/replay`)
      .then(
        () => setSaid('It is on its way again.'),
        (error: unknown) => setSaid(sentence(error)),
      )
      .finally(replayed)
  }
  return (
    <aside
      class="drawer"
      aria-label="Dead letter"
      onKeyDown={(event) => {
        if (event.key === 'Escape') select({ letter: undefined })
      }}
    >
      <header>
        <h2>{letter.type ?? 'unreadable message'}</h2>
        <button type="button" class="button small" onClick={() => select({ letter: undefined })}>
          Close
        </button>
      </header>
      <div class="in">
        <Facts
          facts={[
            ['Reason', `${letter.reason}: ${whyOf(letter.reason)}`],
            ['More', letter.detail],
            ['When', new Date(letter.atMs).toLocaleString()],
            ['From', letter.from && <code key="f">{letter.from}</code>],
            ['To', letter.to && <code key="t">{letter.to}</code>],
            ['Found in', <code key="n">{letter.node}</code>],
          ]}
        />
        {letter.body !== undefined && (
          <pre class="text" tabIndex={0} role="region" aria-label="Body">
            {pretty(letter.body)}
          </pre>
        )}
        <div class="tools">
          <button type="button" class="button" disabled={letter.body === undefined} onClick={replay}>
            Send it again
          </button>
          <span class="note" role="status">
            {said}
          </span>
        </div>
      </div>
    </aside>
  )
}

/** What was cut short is no JSON any more, and shown as it is. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    return body
  }
}
