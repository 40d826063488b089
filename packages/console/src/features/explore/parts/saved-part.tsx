import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DefinitionAnswer } from '@tessera/platform/contract'
import { removeDefinition } from '../../../lib/definitions.ts'
import { lastRemoved } from '../../../lib/removed.ts'
import { texts } from '../../../lib/texts.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { IconButton } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { RemovedLine } from '../../../ui/remove-definition.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { nameOf } from '../saved.ts'
import styles from './explore.module.css'

const words = texts.explore.saved
const kinds = ['query']

/** Questions that were saved; one that was removed can be taken back. */
export function SavedPart({
  all,
  opened,
}: {
  all: readonly DefinitionAnswer[]
  opened: string | undefined
}) {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: ({ kind, key }: DefinitionAnswer) => removeDefinition({ kind, key }),
    onSuccess: async ({ change }, saved) => {
      if (change) lastRemoved.set({ kind: saved.kind, name: nameOf(saved), change: change.number })
      await queries.invalidateQueries({ queryKey: ['definitions'] })
    },
  })
  return (
    <>
      {remove.error && (
        <div className={shared.line} data-tone="bad" role="alert">
          <TroubleLine thrown={remove.error} />
        </div>
      )}
      <RemovedLine kinds={kinds} />
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
