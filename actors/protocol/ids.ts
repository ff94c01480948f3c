/** Identifiers: branded strings, so that the compiler refuses a task's id where an agent's belongs. */
import { id } from '../../runtime/schema.js'

export type AgentId = string & { readonly brand: 'agent' }
export type FrameworkId = string & { readonly brand: 'framework' }
export type OfferId = string & { readonly brand: 'offer' }
/** Chosen by the framework's scheduler; unique among the framework's live tasks. */
export type TaskId = string & { readonly brand: 'task' }
/** Chosen by the master; one for each time that a task is sent to an agent, never reused. */
export type LaunchId = string & { readonly brand: 'launch' }
export type ExecutorId = string & { readonly brand: 'executor' }
export type UpdateId = string & { readonly brand: 'update' }
/** A share group; see `role` in the glossary. */
export type Role = string & { readonly brand: 'role' }

export const agentId = id<AgentId>()
export const frameworkId = id<FrameworkId>()
export const offerId = id<OfferId>()
export const taskId = id<TaskId>()
export const launchId = id<LaunchId>()
export const executorId = id<ExecutorId>()
export const updateId = id<UpdateId>()
export const role = id<Role>()

/** Which of its launch's updates it is, from 1. */
export const stepOf = (id: UpdateId): number => Number(id.slice(id.lastIndexOf('.') + 1))

/** The role of whoever names none. */
export const DEFAULT_ROLE = '*' as Role

/** Why a role's name is not legal, or undefined. */
export function roleProblem(name: string): string | undefined {
  if (name === '*') return undefined
  const legal = /^[^\s/\u007f-][^\s/\u007f]*$/.test(name) && name !== '.' && name !== '..' && !name.includes('*')
  return legal ? undefined : `'${name}' is no role: use a name without spaces, '/', '*' or a leading '-'`
}
