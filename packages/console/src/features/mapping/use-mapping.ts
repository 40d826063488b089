import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { MappingPreview } from '@tessera/platform/contract'
import { useState } from 'react'
import { putDefinition, undoChange } from '../../lib/definitions.ts'
import type { MappingBody } from '../../lib/mapping.ts'
import type { Mapping } from '../../lib/mappings.ts'
import { problemsOf, type RefusalProblem } from '../../lib/refusal.ts'
import { previewQuery } from './api/mapping.ts'

/** A mapping that is worked on. */
export interface Mapped {
  readonly draft: MappingBody
  readonly isChanged: boolean
  readonly write: (draft: MappingBody) => void
  readonly discard: () => void
  /** What the first rows become; nothing while something is wrong. */
  readonly preview: MappingPreview | undefined
  readonly isLooking: boolean
  readonly problems: readonly RefusalProblem[]
  readonly isSound: boolean
  readonly save: () => void
  readonly isSaving: boolean
  /** The change that was just made, to be taken back. */
  readonly change: number | undefined
  readonly undo: () => void
  readonly isUndone: boolean
  /** Why the last save or undo was refused. */
  readonly refused: Error | null
}

// Long enough that a word is typed to its end.
const pauseMs = 300

/** Follows the draft of a mapping: what it would make of real rows, and the means to publish it. */
export function useMapping(stream: string, published: Mapping | undefined): Mapped {
  const queries = useQueryClient()
  const [kept, setKept] = useState<MappingBody>()
  const start = published?.body ?? { stream, qualifier: stream, objects: [] }
  const draft = kept ?? start
  const [asked] = useDebouncedValue(draft, pauseMs)
  const preview = useQuery(previewQuery(asked))
  const renew = () => queries.invalidateQueries()
  const undo = useMutation({ mutationFn: undoChange, onSuccess: renew })
  const save = useMutation({
    mutationFn: putDefinition,
    onSuccess: async () => {
      undo.reset()
      await renew()
      setKept(undefined)
    },
  })
  const problems = problemsOf(preview.error)
  const isCurrent = asked === draft && !preview.isPlaceholderData
  return {
    draft,
    isChanged: JSON.stringify(draft) !== JSON.stringify(start),
    write: setKept,
    discard: () => setKept(undefined),
    preview: draft.objects.length === 0 ? undefined : preview.data,
    isLooking: preview.isFetching || asked !== draft,
    problems,
    isSound: draft.objects.length > 0 && isCurrent && preview.isSuccess,
    save: () =>
      save.mutate({
        kind: 'mapping',
        key: published?.key ?? stream,
        body: draft,
        over: published?.version ?? 0,
      }),
    isSaving: save.isPending,
    change: undo.isSuccess ? undefined : save.data?.change?.number,
    undo: () => save.data?.change && undo.mutate(save.data.change.number),
    isUndone: undo.isSuccess,
    refused: save.error ?? undo.error,
  }
}
