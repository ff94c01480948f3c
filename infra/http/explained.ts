/** Explained: what the interface answers to "why?", every reason with its sentence. */
import type { AgentExplanation, FrameworkExplanation, ReasonView } from '../../actors/protocol/explanation.js'
import type { AgentView, RoleView, TaskView } from '../../actors/protocol/operator.js'

export interface ToldAgent extends Omit<AgentExplanation, 'reasons'> {
  readonly reasons: readonly (ReasonView & { readonly text: string })[]
  /** What is worth a line beside it: never what another reason says better. */
  readonly lines: readonly string[]
}

export interface ToldFramework extends Omit<FrameworkExplanation, 'agents'> {
  readonly text: string
  readonly standingTexts: readonly string[]
  readonly agents: readonly ToldAgent[]
}

export type Explained =
  | ({ readonly of: 'framework' } & ToldFramework)
  | {
      readonly of: 'role'
      readonly text: string
      readonly role: RoleView
      readonly frameworks: readonly ToldFramework[]
      /** Frameworks that there is no room for here. */
      readonly frameworksMore: number
    }
  | { readonly of: 'task'; readonly text: string; readonly task: TaskView; readonly agent?: AgentView }
