/** Again: what the master answers, asked again now and then while it is looked at. */
import { useEffect, useState } from 'preact/hooks'
import { get, sentence } from '../api.js'

const AGAIN_MS = 2_000

/** What it said last stays when it does not answer any more, beside what the problem is. */
export interface Told<T> {
  readonly answer: T | undefined
  readonly problem: string | undefined
}

export function useAgain<T>(path: string): Told<T> {
  const [answer, setAnswer] = useState<T | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  useEffect(() => {
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = async (): Promise<void> => {
      try {
        const told = await get<T>(path)
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
  }, [path])
  return { answer, problem }
}
