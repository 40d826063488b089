import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { NewReplay, Replay } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { replaysQuery, startReplay } from '../api/replays.ts'
import { ReplayCard } from './replay-card.tsx'
import styles from './streams.module.css'

const words = texts.streams.replay

/** What would be in the lake and the model if a stretch of the log came in again today; compared before anything changes. */
export function ReplayPart({ streamKey }: { streamKey: string }) {
  const replays = useQuery(replaysQuery)
  return (
    <>
      <p className={styles.remark}>{words.about}</p>
      <NewReplayForm streamKey={streamKey} />
      <Answer query={replays} height={200}>
        {(all) => <Replays replays={all.filter(({ stream }) => stream === streamKey)} />}
      </Answer>
    </>
  )
}

function Replays({ replays }: { replays: readonly Replay[] }) {
  if (replays.length === 0) {
    return (
      <EmptyState icon="back" title={words.empty}>
        {words.emptyHelp}
      </EmptyState>
    )
  }
  return (
    <ul>
      {replays.map((replay) => (
        <ReplayCard key={replay.id} replay={replay} />
      ))}
    </ul>
  )
}

function NewReplayForm({ streamKey }: { streamKey: string }) {
  const queries = useQueryClient()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [isOnlyRejected, setOnlyRejected] = useState(false)
  const start = useMutation({
    mutationFn: startReplay,
    onSuccess: () => queries.invalidateQueries({ queryKey: replaysQuery.queryKey }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wish: NewReplay = {
      stream: streamKey,
      ...(from === '' ? {} : { from: new Date(from).toISOString() }),
      ...(to === '' ? {} : { to: new Date(to).toISOString() }),
      ...(isOnlyRejected ? { rejected: true } : {}),
    }
    start.mutate(wish)
  }
  return (
    <form className={styles.replayForm} onSubmit={submit}>
      <TextInput
        type="datetime-local"
        label={words.from}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label={words.to}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Checkbox
        label={words.onlyRejectedLabel}
        checked={isOnlyRejected}
        onChange={(event) => setOnlyRejected(event.currentTarget.checked)}
      />
      <Button type="submit" variant="default" loading={start.isPending}>
        {words.compare}
      </Button>
      {start.error && (
        <div role="alert" className={styles.still}>
          <TroubleLine thrown={start.error} />
        </div>
      )}
    </form>
  )
}
