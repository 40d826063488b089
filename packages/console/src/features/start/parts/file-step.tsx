import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ImportAnswer } from '@tessera/platform/contract'
import { useState } from 'react'
import { undoChange } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { FileDrop } from './file-drop.tsx'
import styles from './start.module.css'

const words = texts.start.file

/** The first step: a file; or, when one was taken in, which, and the way to take that back. */
export function FileStep({
  stream,
  imported,
  onTaken,
  onUndone,
}: {
  stream: string | undefined
  imported: ImportAnswer | undefined
  onTaken: (answer: ImportAnswer) => void
  onUndone: () => Promise<void>
}) {
  const [wantsAnother, setWantsAnother] = useState(false)
  if (stream === undefined || wantsAnother) {
    return (
      <>
        <FileDrop
          onTaken={(answer) => {
            setWantsAnother(false)
            onTaken(answer)
          }}
        />
        <OtherWays />
      </>
    )
  }
  return (
    <>
      <p className={styles.good}>{words.taken(stream)}</p>
      <div className={styles.actions}>
        <Button size="xs" variant="default" onClick={() => setWantsAnother(true)}>
          {words.another}
        </Button>
        {imported?.change !== undefined && <Undo change={imported.change} onUndone={onUndone} />}
      </div>
    </>
  )
}

function OtherWays() {
  return (
    <p className={styles.others}>
      {words.others} <Link to="/connect">{words.connect}</Link>
      <Link to="/senders">{words.senders}</Link>
    </p>
  )
}

function Undo({ change, onUndone }: { change: number; onUndone: () => Promise<void> }) {
  const queries = useQueryClient()
  const undo = useMutation({
    mutationFn: () => undoChange(change),
    // First away from what is gone, so that nobody asks for it again.
    onSuccess: () => onUndone().then(() => queries.invalidateQueries()),
  })
  return (
    <>
      <Button size="xs" variant="subtle" loading={undo.isPending} onClick={() => undo.mutate()}>
        {words.undo}
      </Button>
      {undo.error && <TroubleLine thrown={undo.error} />}
    </>
  )
}
