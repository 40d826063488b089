import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { MappingPreview } from '@tessera/platform/contract'
import { useCell } from '../../lib/cell.ts'
import { putDefinition, undoChange } from '../../lib/definitions.ts'
import { keptCell } from '../../lib/kept.ts'
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
  /** The version that somebody has published since the draft was begun. */
  readonly newer: number | undefined
  /** Why the last save or undo was refused. */
  readonly refused: Error | null
}

// Long enough that a word is typed to its end.
const pauseMs = 300

/** Follows the draft of a mapping: what it would make of real rows, and the means to publish it. */
export function useMapping(stream: string, published: Mapping | undefined): Mapped {
  const queries = useQueryClient()
  const cell = keptCell<{ readonly over: number; readonly body: MappingBody }>(`mapping.${stream}`)
  const kept = useCell(cell)
  const version = published?.version ?? 0
  const over = kept?.over ?? version
  const start = published?.body ?? { stream, qualifier: stream, objects: [] }
  const draft = kept?.body ?? start
  const [asked] = useDebouncedValue(draft, pauseMs)
  const preview = useQuery(previewQuery(asked))
  const renew = () => queries.invalidateQueries()
  const undo = useMutation({ mutationFn: undoChange, onSuccess: renew })
  const save = useMutation({
    mutationFn: putDefinition,
    onSuccess: async ({ change }, { body, over: before }) => {
      undo.reset()
      // What is written while all is asked anew is written over what was just published.
      const written = cell.get()
      const saved = written && { ...written, over: change?.did[0]?.version ?? before }
      cell.set(saved)
      await renew()
      if (cell.get() === saved && saved?.body === body) cell.set(undefined)
    },
  })
  const problems = problemsOf(preview.error)
  const isCurrent = asked === draft && !preview.isPlaceholderData
  return {
    draft,
    isChanged: JSON.stringify(draft) !== JSON.stringify(start),
    write: (body) => cell.set({ over, body }),
    discard: () => {
      save.reset()
      cell.set(undefined)
    },
    preview: draft.objects.length === 0 ? undefined : preview.data,
    isLooking: preview.isFetching || asked !== draft,
    problems,
    isSound: draft.objects.length > 0 && isCurrent && preview.isSuccess,
    save: () =>
      save.mutate({
        kind: 'mapping',
        key: published?.key ?? stream,
        body: draft,
        over,
      }),
    isSaving: save.isPending,
    change: undo.isSuccess ? undefined : save.data?.change?.number,
    undo: () => save.data?.change && undo.mutate(save.data.change.number),
    isUndone: undo.isSuccess,
    newer: version > over ? version : undefined,
    refused: save.error ?? undo.error,
  }
}
