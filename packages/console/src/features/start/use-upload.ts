import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ImportAnswer } from '@tessera/platform/contract'
import { useRef, useState } from 'react'
import { importedKey, takeIn } from './api/start.ts'

/** A file on its way to the server. */
export interface Upload {
  readonly file: File | undefined
  readonly isBusy: boolean
  readonly sentBytes: number
  readonly startedAt: number
  /** Why it was refused. */
  readonly refused: Error | null
  readonly send: (file: File) => void
  readonly cancel: () => void
}

/** Sends a file and tells what it became. */
export function useUpload(onTaken: (answer: ImportAnswer) => void): Upload {
  const queries = useQueryClient()
  const [sentBytes, setSentBytes] = useState(0)
  const [startedAt, setStartedAt] = useState(0)
  const stopping = useRef<AbortController>(undefined)
  const upload = useMutation({
    mutationFn: (file: File) => {
      stopping.current = new AbortController()
      setSentBytes(0)
      setStartedAt(Date.now())
      return takeIn({ file, signal: stopping.current.signal, onProgress: setSentBytes })
    },
    onSuccess: (answer) => {
      queries.setQueryData(importedKey(answer.stream), answer)
      void queries.invalidateQueries({ queryKey: ['definitions'] })
      void queries.invalidateQueries({ queryKey: ['streams'] })
      onTaken(answer)
    },
  })
  return {
    file: upload.variables,
    isBusy: upload.isPending,
    sentBytes,
    startedAt,
    refused: upload.error,
    send: (file) => upload.mutate(file),
    cancel: () => stopping.current?.abort(),
  }
}
