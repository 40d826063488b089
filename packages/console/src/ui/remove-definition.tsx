import { Button, CloseButton } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCell } from '../lib/cell.ts'
import { removeDefinition, undoChange } from '../lib/definitions.ts'
import { lastRemoved } from '../lib/removed.ts'
import { texts } from '../lib/texts.ts'
import { forgetDraft } from '../lib/use-draft.ts'
import { AskFirst } from './ask-first.tsx'
import shared from './lines.module.css'
import { TroubleLine } from './trouble.tsx'

const words = texts.removing

/** Removes a definition after one more question, and goes to the list, where it can be taken back. */
export function RemoveButton({
  kind,
  of: key,
  name,
  list,
}: {
  kind: string
  of: string
  name: string
  /** The address of the list that tells of it. */
  list: string
}) {
  const queries = useQueryClient()
  const router = useRouter()
  const remove = useMutation({
    mutationFn: removeDefinition,
    onSuccess: async ({ change }) => {
      forgetDraft(kind, key)
      if (change) lastRemoved.set({ kind, name, change: change.number })
      router.history.push(list)
      await queries.invalidateQueries()
    },
  })
  return (
    <AskFirst
      look={{ variant: 'subtle', color: 'red' }}
      asks={<p>{words.sure(name)}</p>}
      yes={words.yes}
      isFinal
      work={remove}
      onYes={() => remove.mutate({ kind, key })}
    >
      {words.remove}
    </AskFirst>
  )
}

/** What was removed from a list a moment ago, with the way back. */
export function RemovedLine({ kinds }: { kinds: readonly string[] }) {
  const queries = useQueryClient()
  const removed = useCell(lastRemoved)
  const undo = useMutation({
    mutationFn: undoChange,
    onSuccess: () => {
      lastRemoved.set(undefined)
      return queries.invalidateQueries()
    },
  })
  if (removed === undefined || !kinds.includes(removed.kind)) return null
  return (
    <div className={shared.line} data-tone={undo.error ? 'bad' : 'good'} role="status">
      <span className={shared.grow}>
        {undo.error ? <TroubleLine thrown={undo.error} /> : words.removed(removed.name)}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        loading={undo.isPending}
        onClick={() => undo.mutate(removed.change)}
      >
        {texts.editor.takeBack}
      </Button>
      <CloseButton
        size="sm"
        aria-label={texts.flow.dismiss}
        onClick={() => lastRemoved.set(undefined)}
      />
    </div>
  )
}
