import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { WriteKey } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { AskFirst } from '../../../ui/ask-first.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import type { KeySort } from '../address.ts'
import { addKey, closeKey, keysQuery } from '../api/senders.ts'
import styles from './senders.module.css'

const words = texts.senders.keys

/** Write keys, one in each row, with what can be done with them. */
export function KeyTable({
  keys,
  sorting,
  onSort,
  onHow,
}: {
  keys: readonly WriteKey[]
  sorting: { readonly sort: KeySort; readonly order: 'up' | 'down' }
  onSort: (sort: KeySort) => void
  onHow: (connection: string) => void
}) {
  const columns: readonly Column<WriteKey, KeySort | 'key' | 'state' | 'actions'>[] = [
    { key: 'label', title: words.columns.label, canSort: 'can sort', cell: ({ label }) => label },
    {
      key: 'connection',
      title: words.columns.connection,
      canSort: 'can sort',
      cell: ({ connection }) => (
        <Link to="/streams/$key" params={{ key: connection }} className={styles.link}>
          {connection}
        </Link>
      ),
    },
    {
      key: 'key',
      title: words.columns.key,
      cell: ({ key }) => <code className={styles.code}>{key}</code>,
    },
    {
      key: 'created',
      title: words.columns.created,
      canSort: 'can sort',
      cell: ({ createdAt, createdBy }) => (
        <span>
          <Ago time={createdAt} /> <span className={styles.hint}>{words.by(createdBy)}</span>
        </span>
      ),
    },
    {
      key: 'state',
      title: words.columns.state,
      cell: ({ closedAt }) =>
        closedAt === undefined ? (
          <StateBadge tone="good">{words.states.open}</StateBadge>
        ) : (
          <StateBadge tone="none">
            {words.states.closed} · <Ago time={closedAt} />
          </StateBadge>
        ),
    },
    {
      key: 'actions',
      title: words.columns.actions,
      align: 'end',
      cell: (key) => <KeyActions writeKey={key} onHow={onHow} />,
    },
  ]
  return (
    <DataTable
      label={words.title}
      rows={keys}
      columns={columns}
      rowKey={({ key }) => key}
      sorting={{ by: sorting.sort, order: sorting.order }}
      onSort={(by) => (by === 'label' || by === 'connection' || by === 'created') && onSort(by)}
    />
  )
}

function KeyActions({
  writeKey: { connection, label, key, closedAt },
  onHow,
}: {
  writeKey: WriteKey
  onHow: (connection: string) => void
}) {
  const queries = useQueryClient()
  const renew = useMutation({
    mutationFn: addKey,
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  return (
    <span className={styles.actions}>
      {renew.error && <TroubleLine thrown={renew.error} />}
      {closedAt === undefined ? (
        <>
          <Button size="compact-xs" variant="default" onClick={() => onHow(connection)}>
            {words.how}
          </Button>
          <CloseKey of={key} />
        </>
      ) : (
        <Button
          size="compact-xs"
          variant="default"
          loading={renew.isPending}
          onClick={() => renew.mutate({ connection, label })}
        >
          {words.another}
        </Button>
      )}
    </span>
  )
}

function CloseKey({ of }: { of: string }) {
  const queries = useQueryClient()
  const close = useMutation({
    mutationFn: closeKey,
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  return (
    <AskFirst
      look={{ size: 'compact-xs', variant: 'default' }}
      asks={
        <>
          <strong>{words.closeAsk}</strong>
          <p className={styles.quiet}>{words.closeAbout}</p>
        </>
      }
      yes={words.closeYes}
      isFinal
      work={close}
      onYes={() => close.mutate(of)}
    >
      {words.close}
    </AskFirst>
  )
}
