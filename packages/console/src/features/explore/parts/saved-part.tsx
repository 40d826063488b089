import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DefinitionAnswer } from '@tessera/platform/contract'
import { removeDefinition, undoChange } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { IconButton } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { nameOf } from '../saved.ts'
import styles from './explore.module.css'

const words = texts.explore.saved

/** Questions that were saved; one that was removed can be taken back. */
export function SavedPart({
  all,
  opened,
}: {
  all: readonly DefinitionAnswer[]
  opened: string | undefined
}) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['definitions'] })
  const remove = useMutation({
    mutationFn: ({ kind, key }: DefinitionAnswer) => removeDefinition({ kind, key }),
    onSuccess,
  })
  const undo = useMutation({
    mutationFn: undoChange,
    onSuccess: () => {
      remove.reset()
      return onSuccess()
    },
  })
  const change = remove.data?.change
  const thrown = remove.error ?? undo.error
  return (
    <>
      {thrown && (
        <div className={shared.line} data-tone="bad" role="alert">
          <TroubleLine thrown={thrown} />
        </div>
      )}
      {change && remove.variables && (
        <div className={shared.line} data-tone="good" role="status">
          <span className={shared.grow}>{words.removed(nameOf(remove.variables))}</span>
          <Button
            size="compact-xs"
            variant="default"
            loading={undo.isPending}
            onClick={() => undo.mutate(change.number)}
          >
            {words.undo}
          </Button>
        </div>
      )}
      {all.length === 0 ? (
        <EmptyState icon="file" title={words.empty}>
          {words.emptyHelp}
        </EmptyState>
      ) : (
        <ul className={styles.tree}>
          {all.map((saved) => (
            <li key={saved.key} className={styles.savedOne} data-opened={saved.key === opened}>
              <Link to="/explore" search={{ saved: saved.key }} className={styles.savedName}>
                {nameOf(saved)}
              </Link>
              <IconButton
                label={words.remove(nameOf(saved))}
                icon="close"
                onClick={() => remove.mutate(saved)}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
