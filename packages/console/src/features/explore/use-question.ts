import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { askQuestion, type Question } from './api/explore.ts'

/** Asks one question at a time; it can be given up, also by going away. */
export function useQuestion(limitMs: number) {
  const stopper = useRef<AbortController>(undefined)
  const [startedAt, setStartedAt] = useState(0)
  const [isStopped, setStopped] = useState(false)
  const asked = useMutation({
    mutationFn: (question: Question) => {
      const stop = new AbortController()
      stopper.current = stop
      return askQuestion(question, stop.signal, limitMs)
    },
  })
  useEffect(() => () => stopper.current?.abort(), [])
  const start = (question: Question) => {
    stopper.current?.abort()
    setStopped(false)
    setStartedAt(Date.now())
    asked.mutate(question)
  }
  const stop = () => {
    setStopped(true)
    stopper.current?.abort()
    asked.reset()
  }
  return {
    start,
    stop,
    isStopped,
    startedAt,
    isBusy: asked.isPending,
    answer: asked.data,
    question: asked.variables,
    refused: asked.error,
  }
}

/** A question that is asked, and what came of it. */
export type Asking = ReturnType<typeof useQuestion>
