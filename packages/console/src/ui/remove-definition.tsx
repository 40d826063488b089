import { Button, CloseButton, Popover } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useCell } from '../lib/cell.ts'
import { removeDefinition, undoChange } from '../lib/definitions.ts'
import { lastRemoved } from '../lib/removed.ts'
import { texts } from '../lib/texts.ts'
import shared from './lines.module.css'
import styles from './remove-definition.module.css'
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
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: removeDefinition,
    onSuccess: async ({ change }) => {
      if (change) lastRemoved.set({ kind, name, change: change.number })
      router.history.push(list)
      await queries.invalidateQueries()
    },
  })
  return (
    <Popover opened={isAsking} onChange={setAsking} trapFocus returnFocus withArrow width={300}>
      <Popover.Target>
        <Button variant="subtle" color="red" onClick={() => setAsking(!isAsking)}>
          {words.remove}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.asking}>
          <p>{words.sure(name)}</p>
          {remove.error && (
            <div role="alert" className={shared.bad}>
              <TroubleLine thrown={remove.error} />
            </div>
          )}
          <span className={shared.actions}>
            <Button
              size="xs"
              color="red"
              loading={remove.isPending}
              onClick={() => remove.mutate({ kind, key })}
            >
              {words.yes}
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsking(false)}>
              {texts.cancel}
            </Button>
          </span>
        </div>
      </Popover.Dropdown>
    </Popover>
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
