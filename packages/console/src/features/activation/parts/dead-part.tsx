import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Activation, DeadReason, Delivery } from '@tessera/platform/contract'
import { useState } from 'react'
import { formatTime } from '../../../lib/format.ts'
import { olderThan } from '../../../lib/paging.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { AskFirst } from '../../../ui/ask-first.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import shared from '../../../ui/lines.module.css'
import { Pager } from '../../../ui/pager.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import type { ActivationAddress } from '../address.ts'
import {
  activationsKey,
  type DeadOnes,
  deadQuery,
  deliveriesPerPage,
  deliveriesQuery,
  destinationsKey,
  settleDead,
} from '../api/activations.ts'
import styles from './activations.module.css'
import { deliveryColumns } from './deliveries-part.tsx'

const words = texts.activations.deadLetters

/** The means to try again, or let go of, what was given up of one activation or one destination. */
export function useDead(of: 'activations' | 'destinations', key: string) {
  const queries = useQueryClient()
  const settle = useMutation({
    mutationFn: settleDead,
    onSuccess: () =>
      Promise.all(
        [activationsKey, destinationsKey].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  })
  return {
    settle: (verb: 'retry' | 'cancel', which: DeadOnes) => settle.mutate({ of, key, verb, which }),
    isBusy: settle.isPending,
    refused: settle.error,
    done: settle.data && { ...settle.data, verb: settle.variables.verb },
  }
}

type Dead = ReturnType<typeof useDead>

/** What was given up, by its reason, and one by one; tried again or let go. */
export function DeadPart({
  activation: { key },
  address: { before },
  go,
}: {
  activation: Activation
  address: ActivationAddress
  go: (address: ActivationAddress) => void
}) {
  const reasons = useQuery(deadQuery(key))
  const dead = useDead('activations', key)
  return (
    <>
      <DeadOutcome dead={dead} />
      <Answer query={reasons} height={240}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon="mail" title={words.empty}>
              {words.emptyHelp}
            </EmptyState>
          ) : (
            <>
              <Whole dead={dead} all={all} />
              <ul aria-label={texts.activations.parts.dead}>
                {all.map((one) => (
                  <Reason key={one.reason} of={one} dead={dead} />
                ))}
              </ul>
              <OneByOne activation={key} before={before} dead={dead} go={go} />
            </>
          )
        }
      </Answer>
    </>
  )
}

/** How many were revived or let go, or why not. */
export function DeadOutcome({ dead: { refused, done } }: { dead: Dead }) {
  if (refused)
    return (
      <div className={shared.line} data-tone="bad" role="alert">
        <TroubleLine thrown={refused} />
      </div>
    )
  if (!done) return null
  return (
    <p className={shared.line} data-tone="good" role="status">
      {done.verb === 'retry' ? words.revived(done.batches) : words.cancelled(done.batches)}
    </p>
  )
}

/** Everything at once, or what was given up in a stretch of time. */
function Whole({ dead, all }: { dead: Dead; all: readonly DeadReason[] }) {
  const [since, setSince] = useState('')
  const [until, setUntil] = useState('')
  const which = {
    ...(since === '' ? {} : { since: new Date(since).toISOString() }),
    ...(until === '' ? {} : { until: new Date(until).toISOString() }),
  }
  const hasRange = since !== '' || until !== ''
  const batches = all.reduce((sum, one) => sum + one.batches, 0)
  return (
    <div className={styles.whole}>
      <p className={styles.quiet}>{words.about}</p>
      <div className={styles.range}>
        <TextInput
          type="datetime-local"
          size="xs"
          label={words.since}
          value={since}
          onChange={({ currentTarget }) => setSince(currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          size="xs"
          label={words.until}
          value={until}
          onChange={({ currentTarget }) => setUntil(currentTarget.value)}
        />
        <Button size="xs" loading={dead.isBusy} onClick={() => dead.settle('retry', which)}>
          {hasRange ? words.retry : words.retryAll(batches)}
        </Button>
        <LetGo
          label={hasRange ? words.cancel : words.cancelAll}
          onYes={() => dead.settle('cancel', which)}
        />
      </div>
    </div>
  )
}

function Reason({
  of: { reason, batches, members, since, until },
  dead,
}: {
  of: DeadReason
  dead: Dead
}) {
  return (
    <li className={styles.reason}>
      <span className={styles.said}>
        <span className={styles.strong}>{reason}</span>
        <span className={styles.quiet}>
          {words.batches(batches)}, {words.members(members)} ·{' '}
          {words.span(formatTime(since), formatTime(until))}
        </span>
      </span>
      <span className={shared.actions}>
        <Button size="xs" loading={dead.isBusy} onClick={() => dead.settle('retry', { reason })}>
          {words.retry}
        </Button>
        <LetGo label={words.cancel} onYes={() => dead.settle('cancel', { reason })} />
      </span>
    </li>
  )
}

function OneByOne({
  activation,
  before,
  dead,
  go,
}: {
  activation: string
  before: string | undefined
  dead: Dead
  go: (address: ActivationAddress) => void
}) {
  const [isOpen, setOpen] = useState(before !== undefined)
  const deliveries = useQuery({
    ...deliveriesQuery(activation, { state: 'dead', before }),
    enabled: isOpen,
  })
  return (
    <details
      className={styles.each}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className={styles.summary}>{words.show}</summary>
      {isOpen && (
        <Answer query={deliveries} height={200}>
          {(page) => (
            <>
              <DataTable
                label={words.show}
                rows={page}
                columns={columnsWith(dead)}
                rowKey={({ id }) => id}
              />
              <Pager
                onNewest={before === undefined ? undefined : () => go({ tab: 'dead' })}
                onOlder={olderThan(page, deliveriesPerPage, ({ sequence }) =>
                  go({ tab: 'dead', before: String(sequence) }),
                )}
              />
            </>
          )}
        </Answer>
      )}
    </details>
  )
}

const columnsWith = (dead: Dead): readonly Column<Delivery>[] => [
  ...deliveryColumns.filter(({ key }) => key !== 'state'),
  {
    key: 'act',
    title: '',
    align: 'end',
    cell: ({ id }) => (
      <span className={shared.actions}>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={words.retryOne}
          onClick={() => dead.settle('retry', { id })}
        >
          {words.retry}
        </Button>
        <LetGo label={words.cancelOne} onYes={() => dead.settle('cancel', { id })} />
      </span>
    ),
  },
]

/** Lets go after one more question, because it cannot be taken back. */
export function LetGo({ label, onYes }: { label: string; onYes: () => void }) {
  return (
    <AskFirst
      look={{ size: 'compact-xs', variant: 'subtle', color: 'red' }}
      says={label}
      asks={<p>{words.sure}</p>}
      yes={words.yes}
      isFinal
      onYes={onYes}
    >
      {words.cancel}
    </AskFirst>
  )
}
