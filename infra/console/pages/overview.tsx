/** Overview: whether the cluster is well, in ten seconds. */
import { useEffect, useState } from 'preact/hooks'
import type { OverviewView } from '../../../actors/protocol/operator.js'
import { get } from '../api.js'
import { plural } from '../format.js'
import { overview, pulses } from '../live.js'
import { alarmsOf } from '../alarms.js'
import { changes } from '../masters.js'
import { ResourceBars } from '../parts/bar.js'
import { Mark } from '../parts/mark.js'
import { Card, Facts, Page } from '../parts/page.js'
import { Spark } from '../parts/spark.js'
import { to } from '../route.js'
import type { NodesAnswer } from './nodes.js'

const STANDBYS_MS = 5_000

export function OverviewPage() {
  const view = overview.value
  if (!view)
    return (
      <Page title="Overview">
        <p class="empty">Reading …</p>
      </Page>
    )
  return (
    <Page title="Overview">
      <Alarms view={view} />
      <div class="grid">
        <Card title="Resources" wide>
          {Object.keys(view.resources.total).length === 0 ? (
            <p class="note">No agent can be reached.</p>
          ) : (
            <ResourceBars {...view.resources} />
          )}
        </Card>
        <Leadership view={view} />
        <Card title="Tasks by state" aside={<a href={to('tasks')}>all tasks</a>}>
          <States counts={view.tasks} noun="tasks" />
        </Card>
        <Card title="Members">
          <h3>
            <a href={to('agents')}>Agents</a>
          </h3>
          <States counts={view.agents} noun="agents" />
          <h3 class="spaced">
            <a href={to('frameworks')}>Frameworks</a>
          </h3>
          <States counts={view.frameworks} noun="frameworks" />
        </Card>
        <Rate title="Tasks launched" name="launched" />
        <Rate title="Tasks ended" name="ended" />
        <Rate title="Offers made" name="offered" />
      </div>
    </Page>
  )
}

function Alarms({ view }: { readonly view: OverviewView }) {
  const alarms = alarmsOf(view, pulses.value, changes.value)
  return (
    <ul class="alarms" aria-label="Alarms">
      {alarms.length === 0 && (
        <li class="alarm good">
          <b>✓ All is well.</b>
          <span>Everybody who belongs here is connected, and nothing is lost.</span>
        </li>
      )}
      {alarms.map(({ level, title, text, link }) => (
        <li key={title} class={`alarm ${level}`}>
          <b>
            {level === 'bad' ? '✕' : '!'} {title}
          </b>
          <span>{text}</span>
          {link && <a href={to(...link)}>show</a>}
        </li>
      ))}
    </ul>
  )
}

function Leadership({ view }: { readonly view: OverviewView }) {
  const [standbys, setStandbys] = useState<readonly string[] | undefined>(undefined)
  useEffect(() => {
    const read = () =>
      get<NodesAnswer>('/v1/actors?kind=master').then(
        ({ nodes, own }) =>
          setStandbys(nodes.filter(({ node }) => node !== own).map(({ node }) => node.replace(/^master-|@.*$/g, ''))),
        () => undefined,
      )
    void read()
    const timer = setInterval(read, STANDBYS_MS)
    return () => clearInterval(timer)
  }, [view.epoch])
  return (
    <Card title="Leadership">
      <Facts
        facts={[
          ['Leader', <b key="l">{view.leader}</b>],
          ['Epoch', String(view.epoch)],
          ['Answers at', view.url],
          ['Standbys', standbys === undefined ? '…' : standbys.length === 0 ? 'none' : standbys.join(', ')],
        ]}
      />
    </Card>
  )
}

function States({ counts, noun }: { readonly counts: Readonly<Record<string, number>>; readonly noun: string }) {
  const states = Object.entries(counts).sort(([, left], [, right]) => right - left)
  if (states.length === 0) return <p class="note">There are no {noun}.</p>
  return (
    <ul class="states">
      {states.map(([state, count]) => (
        <li key={state}>
          <a href={`${to(noun)}?q=${encodeURIComponent(`state:${state.toLowerCase()}`)}`}>
            <Mark state={state} />
          </a>
          <span class="num">{count.toLocaleString('en')}</span>
        </li>
      ))}
    </ul>
  )
}

function Rate({ title, name }: { readonly title: string; readonly name: 'launched' | 'ended' | 'offered' }) {
  const values = pulses.value.map(({ rates }) => rates[name])
  const last = values.slice(-10)
  const mean = last.length === 0 ? 0 : last.reduce((sum, value) => sum + value, 0) / last.length
  return (
    <Card title={title} aside={<span class="num soft">{mean.toFixed(1)} per second</span>}>
      <Spark values={values} label={title} />
      <p class="note">
        {plural(
          values.reduce((sum, value) => sum + value, 0),
          name === 'offered' ? 'offer' : 'task',
        )}{' '}
        since this page looks on
      </p>
    </Card>
  )
}
