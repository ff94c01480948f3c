/** Nodes: how the nodes of the cluster and their actors fare, asked again now and then. */
import { useEffect, useState } from 'preact/hooks'
import type { NodeVitals } from '../../../actors/protocol/vitals.js'
import { get, sentence } from '../api.js'

export interface NodesAnswer {
  readonly own: string
  readonly total: number
  readonly nodes: readonly NodeVitals[]
  readonly silent: readonly string[]
  readonly next?: string
}

const AGAIN_MS = 2_000

/** @param query of `/v1/actors` */
export function useNodes(query: string): {
  readonly answer: NodesAnswer | undefined
  readonly problem: string | undefined
} {
  const [answer, setAnswer] = useState<NodesAnswer | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  useEffect(() => {
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = async (): Promise<void> => {
      try {
        const told = await get<NodesAnswer>(`/v1/actors?${query}`)
        if (isOver) return
        setAnswer(told)
        setProblem(undefined)
      } catch (error) {
        if (!isOver) setProblem(sentence(error))
      }
      if (!isOver) timer = setTimeout(read, AGAIN_MS)
    }
    void read()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [query])
  return { answer, problem }
}

/** `agent-a1` of `agent-a1@k3x9`. */
export const nodeName = (node: string): string => node.replace(/@.*$/, '')
