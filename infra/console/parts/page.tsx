/** Page: what every page begins with, and what it shows while it knows nothing. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { to } from '../route.js'

interface PageProps {
  readonly title: string
  /** The pages above, from the outside in: path and title. */
  readonly above?: readonly (readonly [path: readonly string[], title: string])[]
  readonly beside?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

export function Page({ title, above = [], beside, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Warren`
  }, [title])
  return (
    <>
      <div class="head">
        <div class="titles">
          {above.length > 0 && (
            <nav class="crumbs" aria-label="Above this page">
              {above.map(([path, name]) => (
                <span key={name}>
                  <a href={to(...path)}>{name}</a> /{' '}
                </span>
              ))}
            </nav>
          )}
          <h1>
            {title} {beside}
          </h1>
        </div>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {children}
    </>
  )
}

export function Card({
  title,
  aside,
  children,
  wide,
}: {
  readonly title: string
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
  readonly wide?: boolean
}) {
  return (
    <section class={wide ? 'card wide' : 'card'} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      <div class="in">{children}</div>
    </section>
  )
}

/** Terms and what they are; those without a value are left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }) {
  const known = facts.filter(([, value]) => value !== undefined && value !== '' && value !== null)
  return (
    <dl class="facts">
      {known.map(([term, value]) => [<dt key={term}>{term}</dt>, <dd key={`${term}-`}>{value}</dd>])}
    </dl>
  )
}

export const Problem = ({ text }: { readonly text: string | undefined }) =>
  text === undefined ? null : (
    <p class="problem" role="alert">
      {text}
    </p>
  )

export const Missing = ({ isRead, what }: { readonly isRead: boolean; readonly what: string }) => (
  <p class="empty">{isRead ? `There is no ${what}, or it is gone.` : 'Reading …'}</p>
)
