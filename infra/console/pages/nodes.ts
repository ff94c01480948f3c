/** Nodes: how the nodes of the cluster and their actors fare. */
import type { NodeVitals } from '../../../actors/protocol/vitals.js'
import { useAgain, type Told } from './again.js'

export interface NodesAnswer {
  readonly own: string
  readonly total: number
  readonly nodes: readonly NodeVitals[]
  readonly silent: readonly string[]
  readonly next?: string
}

/** @param query of `/v1/actors` */
export const useNodes = (query: string): Told<NodesAnswer> => useAgain<NodesAnswer>(`/v1/actors?${query}`)

/** `agent-a1` of `agent-a1@k3x9`. */
export const nodeName = (node: string): string => node.replace(/@.*$/, '')
