import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type {
  FieldDifference,
  LakeDifference,
  ModelDifference,
  Replay,
} from '@tessera/platform/contract'
import { useEffect } from 'react'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { AskFirst } from '../../../ui/ask-first.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { StateBadge, type Tone } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import {
  discardReplay,
  isUnderway,
  replayJobQuery,
  replaysQuery,
  swapReplay,
} from '../api/replays.ts'
import { changesIn } from '../replay.ts'
import styles from './streams.module.css'

const words = texts.streams.replay

const tones: Readonly<Record<Replay['state'], Tone>> = {
  comparing: 'busy',
  ready: 'wait',
  swapped: 'good',
  discarded: 'none',
  failed: 'bad',
}

// What is not over yet can still be given up.
const open: readonly Replay['state'][] = ['comparing', 'ready', 'failed']

/** One replay: what was run again, how that differs, and what is done with it. */
export function ReplayCard({ replay }: { replay: Replay }) {
  const { state, window, made_at, made_by, lake, model = [], fault } = replay
  return (
    <li className={styles.reject}>
      <div className={styles.rejectHead}>
        <StateBadge tone={tones[state]}>{words.states[state]}</StateBadge>
        <span className={styles.why}>
          {words.window(window.from, window.to)}
          {window.rejected && `, ${words.onlyRejected}`}
        </span>
        <span className={styles.quiet}>
          <Ago time={made_at} /> {words.by(made_by)}
        </span>
      </div>
      {fault !== undefined && (
        <p className={styles.still} role="alert">
          {fault}
        </p>
      )}
      {lake && <Difference lake={lake} model={model} />}
      {open.includes(state) && <Decision replay={replay} />}
    </li>
  )
}

type Row = Omit<ModelDifference, 'object'> & { readonly rejected?: number }

const count = (key: 'same' | 'changed' | 'added' | 'missing'): Column<Row> => ({
  key,
  title: words.columns[key],
  align: 'end',
  cell: (row) => formatCount(row[key]),
})

const columns: readonly Column<Row>[] = [
  { key: 'label', title: words.columns.where, cell: ({ label }) => label },
  count('same'),
  count('changed'),
  count('added'),
  count('missing'),
  {
    key: 'rejected',
    title: words.columns.rejected,
    align: 'end',
    cell: ({ rejected }) => (rejected === undefined ? '' : formatCount(rejected)),
  },
]

function Difference({ lake, model }: { lake: LakeDifference; model: readonly ModelDifference[] }) {
  const rows: readonly Row[] = [{ ...lake, label: words.lake }, ...model]
  const differing = rows.filter(({ fields }) => fields.length > 0)
  return (
    <>
      {changesIn(lake, model) === 0 && <p>{words.same}</p>}
      <DataTable
        label={words.differences}
        rows={rows}
        columns={columns}
        rowKey={({ label }) => label}
      />
      {differing.map(({ label, fields }) => (
        <details key={label} className={styles.fieldDifferences}>
          <summary>{words.fields(label, fields.length)}</summary>
          <ul>
            {fields.map((field) => (
              <FieldExamples key={field.field} of={field} />
            ))}
          </ul>
        </details>
      ))}
    </>
  )
}

function FieldExamples({ of: { field, changed, examples } }: { of: FieldDifference }) {
  return (
    <li className={styles.fieldDifference}>
      <span>
        <strong>{field}</strong> <span className={styles.quiet}>{words.changed(changed)}</span>
      </span>
      {examples.map(({ event, was, is }) => (
        <span key={`${event} ${was} ${is}`} className={styles.example}>
          <Link to="/events" search={{ event: String(event) }} className={styles.link}>
            {texts.streams.rejected.event(event)}
          </Link>{' '}
          <Value of={was} /> → <Value of={is} />
        </span>
      ))}
    </li>
  )
}

const Value = ({ of }: { of: string | undefined }) =>
  of === undefined ? <span className={styles.quiet}>{words.nothing}</span> : <code>{of}</code>

/** What may be done with a comparison: nothing changes before somebody swaps. */
function Decision({ replay }: { replay: Replay }) {
  const { id, state, job = '', lake, model = [] } = replay
  const isSwappable = state === 'ready' && lake !== undefined
  const isComparing = state === 'comparing'
  const queries = useQueryClient()
  const underway = useQuery({ ...replayJobQuery(job), enabled: job !== '' })
  const onSuccess = () => queries.invalidateQueries()
  const swap = useMutation({ mutationFn: swapReplay, onSuccess })
  const discard = useMutation({ mutationFn: discardReplay, onSuccess })
  const thrown = swap.error ?? discard.error
  const isBusy = swap.isPending || (underway.data !== undefined && isUnderway(underway.data))
  const isOver = underway.data?.state
  useEffect(() => {
    if (isOver === 'done') void queries.invalidateQueries({ queryKey: replaysQuery.queryKey })
  }, [isOver, queries])
  return (
    <>
      {thrown && (
        <div role="alert" className={styles.still}>
          <TroubleLine thrown={thrown} />
        </div>
      )}
      {isSwappable && underway.data?.state === 'failed' && (
        <p role="alert" className={styles.still}>
          {underway.data.fault?.say}
        </p>
      )}
      <div className={styles.choices}>
        {isSwappable && (
          <SwapButton
            isBusy={isBusy}
            isSame={changesIn(lake, model) === 0}
            onSwap={() => swap.mutate(id)}
          />
        )}
        <Button
          size="xs"
          variant="default"
          loading={discard.isPending}
          disabled={isBusy && !isComparing}
          onClick={() => discard.mutate(id)}
        >
          {words.discard}
        </Button>
      </div>
    </>
  )
}

function SwapButton({
  isBusy,
  isSame,
  onSwap,
}: {
  isBusy: boolean
  isSame: boolean
  onSwap: () => void
}) {
  return (
    <AskFirst
      look={{ size: 'xs', disabled: isSame, loading: isBusy }}
      asks={<p>{words.swapAbout}</p>}
      yes={words.swapYes}
      onYes={onSwap}
    >
      {words.swap}
    </AskFirst>
  )
}
