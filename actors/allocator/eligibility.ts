/**
 * Eligibility: may this agent be offered to this framework in this role, and if not, why not?
 *
 * One answer serves both who allocates and who asks "why is it waiting?", so that the two can never
 * disagree.
 */
export type Eligibility =
  | { readonly kind: 'eligible' }
  | Obstacle
  /** The framework has refused as much as this, until then (in the allocator's milliseconds). */
  | { readonly kind: 'filtered'; readonly untilMs: number }

export interface Obstacle {
  readonly kind:
    | 'agent-unknown'
    | 'agent-inactive'
    | 'nothing-left'
    | 'below-minimum'
    | 'framework-unknown'
    | 'framework-inactive'
    | 'not-subscribed'
    | 'suppressed'
}

export const ELIGIBLE: Eligibility = { kind: 'eligible' }

const sentences: Readonly<Record<Exclude<Eligibility['kind'], 'filtered'>, string>> = {
  'eligible': 'may be offered',
  'agent-unknown': 'the agent is not known',
  'agent-inactive': 'the agent is not active',
  'nothing-left': 'all of the agent is offered or in use',
  'below-minimum': 'what is left of the agent is too little to be offered',
  'framework-unknown': 'the framework is not known',
  'framework-inactive': 'the framework is not connected',
  'not-subscribed': 'the framework has not subscribed to the role',
  'suppressed': 'the framework has asked for no offers in the role',
}

/** The answer in words, `nowMs` by the same clock as the filters. */
export function describeEligibility(eligibility: Eligibility, nowMs: number): string {
  if (eligibility.kind !== 'filtered') return sentences[eligibility.kind]
  const seconds = Math.max(0, Math.ceil((eligibility.untilMs - nowMs) / 1000))
  return `the framework has refused as much as this, for another ${seconds} s`
}
