/** Actors: who supervises whom in every node, how each fares, and how it failed last. */
import type { ActorVitals, NodeVitals } from '../../../actors/protocol/vitals.js'
import { bytes, plural, span } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page, Problem } from '../parts/page.js'
import { query, select } from '../route.js'
import { ActorDrawer } from './actor-drawer.js'
import { DECIDED, timesFailed, type Crash } from './failures.js'
import { nodeName, useNodes } from './nodes.js'
import { treeOf, type Branch } from './supervision-tree.js'

const KINDS: readonly (readonly [kind: string, word: string])[] = [
  ['', 'all nodes'],
  ['master', 'masters'],
  ['agent', 'agents'],
  ['framework', 'frameworks'],
]

export function ActorsPage() {
  const kind = query.value.get('kind') ?? ''
  const node = query.value.get('node') ?? ''
  const wish = new URLSearchParams({ limit: '50', ...(kind ? { kind } : {}), ...(node ? { node } : {}) })
  const { answer, problem } = useNodes(wish.toString())
  const chosen = query.value.get('actor')
  const [owner, actor] = find(answer?.nodes ?? [], chosen)
  return (
    <Page title="Actors">
      <Problem text={problem} />
      <div class="tools">
        <input
          class="field"
          type="search"
          value={node}
          placeholder="Filter nodes"
          aria-label="Filter nodes"
          data-filter=""
          onInput={(event) => select({ node: event.currentTarget.value })}
        />
        <span class="tools" role="group" aria-label="Kind of node">
          {KINDS.map(([value, word]) => (
            <button
              key={value}
              type="button"
              class="button small"
              aria-pressed={kind === value}
              onClick={() => select({ kind: value })}
            >
              {word}
            </button>
          ))}
        </span>
        {answer && (
          <span class="note" role="status">
            {answer.nodes.length} of {plural(answer.total, 'node')} shown
            {answer.silent.length > 0 && `, ${answer.silent.length} did not answer`}
          </span>
        )}
      </div>
      {!answer && !problem && <p class="empty">Asking the nodes …</p>}
      {answer?.nodes.map((each) => (
        <Node key={each.node} vitals={each} chosen={chosen} />
      ))}
      {owner && actor && <ActorDrawer node={owner.node} actor={actor} close={() => select({ actor: undefined })} />}
    </Page>
  )
}

function find(nodes: readonly NodeVitals[], chosen: string | null) {
  const node = nodes.find((each) => chosen?.startsWith(`${each.node}/`))
  const actor = node?.actors.find(({ path }) => `${node.node}/${path}` === chosen)
  return [node, actor] as const
}

function Node({ vitals, chosen }: { readonly vitals: NodeVitals; readonly chosen: string | null }) {
  const { node, uptimeMs, memoryBytes, pid, actors, actorsTotal, transport } = vitals
  const more = actorsTotal - actors.length
  return (
    <section class="card node" aria-label={nodeName(node)}>
      <header>
        <h2>
          {nodeName(node)} <span class="faint mono">@{node.replace(/^.*@/, '')}</span>
        </h2>
        <span class="note">
          {transport && <Mark state={transport.connection} />} process {pid}, up {span(uptimeMs)},{' '}
          {bytes(memoryBytes)}
        </span>
      </header>
      <div class="in">
        <div class="tree heads" aria-hidden="true">
          <div class="row">
            <span>Actor</span>
            <span class="num">Mailbox</span>
            <span class="num">Waits</span>
            <span class="num opt">Processed</span>
            <span class="num opt">Restarts</span>
          </div>
        </div>
        <ul class="tree">
          {treeOf(actors).map((branch) => (
            <Twig key={branch.path} branch={branch} node={node} chosen={chosen} />
          ))}
        </ul>
        {more > 0 && <p class="note">and {plural(more, 'more actor')}</p>}
      </div>
    </section>
  )
}

/** How often it failed, why it did last, and what was decided. */
function Failures({ vitals, crash }: { readonly vitals: ActorVitals; readonly crash: Crash }) {
  const times = timesFailed(vitals)
  return (
    <>
      <Mark state="warn" word={times === 1 ? 'failed once' : `failed ${times} times`} />
      <span class="cause" title={crash.error}>
        {crash.error.split('\n', 1)}: {DECIDED[crash.decision] ?? crash.decision}
      </span>
    </>
  )
}

function Twig({
  branch,
  node,
  chosen,
}: {
  readonly branch: Branch
  readonly node: string
  readonly chosen: string | null
}) {
  const { name, path, vitals, children } = branch
  const address = `${node}/${path}`
  return (
    <li>
      <button
        type="button"
        class={address === chosen ? 'row chosen' : 'row'}
        aria-expanded={address === chosen}
        onClick={() => select({ actor: address === chosen ? undefined : address })}
      >
        <span class="name">
          <b>{name}</b>
          {vitals && <Mark state={vitals.status} />}
          {vitals?.crash && <Failures vitals={vitals} crash={vitals.crash} />}
        </span>
        <span class="num">
          {vitals?.mailbox.toLocaleString('en')}
          <span class="hidden"> messages wait</span>
        </span>
        <span class="num">{vitals && (vitals.oldestMs === 0 ? '–' : span(vitals.oldestMs))}</span>
        <span class="num opt">
          {vitals?.processed.toLocaleString('en')}
          <span class="hidden"> processed</span>
        </span>
        <span class="num opt">
          {vitals?.restarts}
          <span class="hidden"> restarts</span>
        </span>
      </button>
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Twig key={child.path} branch={child} node={node} chosen={chosen} />
          ))}
        </ul>
      )}
    </li>
  )
}
