/** App: the frame around every page: where one is, who leads, how the stream fares, and the way to all pages. */
import { arrange, overview, status } from './live.js'
import { elsewhere, leader, learnMasters } from './masters.js'
import { Help } from './parts/help.js'
import { Mark } from './parts/mark.js'
import { parts, to } from './route.js'
import { isHelpOpen } from './shortcuts.js'
import { nextTheme, theme } from './theme.js'
import { Routed } from './pages/routed.js'

interface Place {
  readonly path: string
  readonly title: string
  readonly count?: () => number | undefined
}

const sum = (counts: Readonly<Record<string, number>> | undefined): number | undefined =>
  counts && Object.values(counts).reduce((all, count) => all + count, 0)
const liveTasks = (): number | undefined => {
  const tasks = overview.value?.tasks
  return (
    tasks &&
    ['STAGING', 'STARTING', 'RUNNING', 'KILLING', 'UNREACHABLE'].reduce((all, state) => all + (tasks[state] ?? 0), 0)
  )
}

const GROUPS: readonly (readonly [title: string, places: readonly Place[]])[] = [
  [
    'Cluster',
    [
      { path: '', title: 'Overview' },
      { path: 'agents', title: 'Agents', count: () => sum(overview.value?.agents) },
      { path: 'topology', title: 'Topology' },
      { path: 'frameworks', title: 'Frameworks', count: () => sum(overview.value?.frameworks) },
      { path: 'tasks', title: 'Tasks', count: liveTasks },
      { path: 'roles', title: 'Roles' },
      { path: 'offers', title: 'Offers', count: () => overview.value?.offers },
    ],
  ],
  [
    'Messages',
    [
      { path: 'actors', title: 'Actors' },
      { path: 'trace', title: 'Trace' },
      { path: 'dead-letters', title: 'Dead letters' },
      { path: 'broker', title: 'Broker' },
    ],
  ],
  ['History', [{ path: 'events', title: 'Events' }]],
]

if (parts.value[0] !== 'recording') {
  arrange()
  learnMasters()
}

export function App() {
  const [here = ''] = parts.value
  if (here === 'recording') return <Recording />
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Top />
      <nav class="side" aria-label="Pages">
        <ul>
          {GROUPS.map(([title, places]) => [
            <li key={title} class="group" aria-hidden="true">
              {title}
            </li>,
            ...places.map(({ path, title: name, count }) => (
              <li key={path}>
                <a href={path === '' ? to() : to(path)} aria-current={here === path ? 'page' : undefined}>
                  {name}
                  <span class="count">{count?.()?.toLocaleString('en') ?? ''}</span>
                </a>
              </li>
            )),
          ])}
        </ul>
      </nav>
      <main id="main" tabIndex={-1}>
        <Routed />
      </main>
      {isHelpOpen.value && <Help />}
    </div>
  )
}

/** A recording has no cluster around it. */
function Recording() {
  return (
    <div class="shell alone">
      <header class="top">
        <span class="brand">
          <img src="/console/icon.svg" alt="" />
          Warren
        </span>
      </header>
      <main id="main" tabIndex={-1}>
        <Routed />
      </main>
      {isHelpOpen.value && <Help />}
    </div>
  )
}

const THEME_SIGNS = { system: '◐', dark: '●', light: '○' } as const
const LOST = 'connection lost; looking for the leader'
const STREAM_WORDS = { live: 'live', connecting: 'connecting', lost: LOST } as const

function Top() {
  const view = overview.value
  const there = elsewhere.value
  return (
    <header class="top">
      <a class="brand" href={to()}>
        <img src="/console/icon.svg" alt="" />
        Warren
      </a>
      <div class="where">
        {view && (
          <span>
            cluster <b>{view.cluster}</b>
          </span>
        )}
        {view && (
          <span class="long">
            {leader.value === undefined && status.value === 'lost' ? (
              'no leader is known'
            ) : (
              <>
                leader <b>{leader.value ?? view.leader}</b>, epoch <b>{view.epoch}</b>
              </>
            )}
          </span>
        )}
        {there && (
          <span class="long">
            asks{' '}
            <a href={new URL(location.href.slice(location.origin.length), there.url).href}>{there.name}</a>, since the
            master that this page came from leads no more
          </span>
        )}
      </div>
      <div class="tools">
        <span role="status">
          <Mark state={status.value} word={STREAM_WORDS[status.value]} />
        </span>
        <button type="button" class="button small" onClick={nextTheme}>
          <span class="hidden">Theme: </span>
          <span aria-hidden="true">{THEME_SIGNS[theme.value]}</span> {theme.value}
        </button>
        <button
          type="button"
          class="button small"
          onClick={() => {
            isHelpOpen.value = true
          }}
        >
          ?<span class="hidden"> Help and keys</span>
        </button>
      </div>
    </header>
  )
}
