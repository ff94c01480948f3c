/** Explanation: why something waits: every agent with every reason, asked anew while one looks on. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Explained, ToldAgent, ToldFramework } from '../../http/explained.js'
import { get, sentence } from '../api.js'
import { amounts } from '../format.js'
import { to } from '../route.js'
import { Card } from './page.js'

const AGAIN_MS = 5_000
/** Looking on takes no more than a twentieth of the master's time, however large the cluster is. */
const PAUSE_PER_ANSWER = 20
/** More agents than anybody reads; the command line has more. */
const AGENTS_SHOWN_MAX = 100

type Of<Noun extends Explained['of']> = Extract<Explained, { readonly of: Noun }>

interface Asked<Noun extends Explained['of']> {
  readonly explained?: Of<Noun>
  readonly problem?: string
}

export function useExplained<Noun extends Explained['of']>(noun: Noun, id: string): Asked<Noun> {
  const [asked, setAsked] = useState<Asked<Noun>>({})
  useEffect(() => {
    const leave = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let askedMs = 0
    const again = () => setTimeout(ask, Math.max(AGAIN_MS, (performance.now() - askedMs) * PAUSE_PER_ANSWER))
    const ask = () => {
      askedMs = performance.now()
      return get<{ readonly explanation: Of<Noun> }>(`/v1/explain/${noun}s/${encodeURIComponent(id)}`, leave.signal)
        .then(
          ({ explanation }) => setAsked({ explained: explanation }),
          (error: unknown) => {
            if (!leave.signal.aborted) setAsked({ problem: sentence(error) })
          },
        )
        .finally(() => {
          if (!leave.signal.aborted) timer = again()
        })
    }
    void ask()
    return () => {
      leave.abort()
      clearTimeout(timer)
    }
  }, [noun, id])
  return asked
}

export function TaskWhy({ id }: { readonly id: string }) {
  const { explained, problem } = useExplained('task', id)
  return (
    <Why problem={problem} isRead={explained !== undefined}>
      {explained && (
        <p>
          Of the task: {explained.text}.{' '}
          <a href={to('frameworks', explained.task.framework)}>What its framework waits for</a>
        </p>
      )}
    </Why>
  )
}

export function FrameworkWhy({ id }: { readonly id: string }) {
  const { explained, problem } = useExplained('framework', id)
  return (
    <Why problem={problem} isRead={explained !== undefined}>
      {explained && <FrameworkReasons framework={explained} />}
    </Why>
  )
}

function Why({
  problem,
  isRead,
  children,
}: {
  readonly problem: string | undefined
  readonly isRead: boolean
  readonly children: ComponentChildren
}) {
  return (
    <Card title="Why it waits">
      {problem !== undefined && <p class="note">{problem}</p>}
      {problem === undefined && !isRead && <p class="note">Reading …</p>}
      {children}
    </Card>
  )
}

/** Of one framework, in the roles that were asked about. */
export function FrameworkReasons({ framework }: { readonly framework: ToldFramework }) {
  const { text, agents, agentsTotal, standingTexts } = framework
  const shown = agents.slice(0, AGENTS_SHOWN_MAX)
  return (
    <>
      <p>{capital(text)}.</p>
      <ul class="why" aria-label="Agents and what is in the way">
        {shown.map((agent) => (
          <AgentReasons key={agent.agent} agent={agent} />
        ))}
      </ul>
      {agentsTotal > shown.length && <p class="note">… and {agentsTotal - shown.length} more agents.</p>}
      {standingTexts.map((line) => (
        <p key={line} class="note">
          {capital(line)}.
        </p>
      ))}
    </>
  )
}

function AgentReasons({ agent: { agent, name, hostname, free, lines } }: { readonly agent: ToldAgent }) {
  const left = amounts(free)
  return (
    <li>
      <span class="who">
        <a href={to('agents', agent)}>{name ?? hostname}</a>
        <span class="faint">{left === '–' ? 'nothing free' : `${left} free`}</span>
      </span>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </li>
  )
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
