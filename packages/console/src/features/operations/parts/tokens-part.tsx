import { Button, Popover } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Token } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import shared from '../../../ui/lines.module.css'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { revokeToken, tokensQuery } from '../api/operations.ts'
import { NewToken } from './new-token.tsx'
import styles from './operations.module.css'

const words = texts.tokens

const columns: readonly Column<
  Token,
  'name' | 'rights' | 'embed' | 'created' | 'state' | 'actions'
>[] = [
  { key: 'name', title: words.columns.name, cell: ({ name }) => name },
  {
    key: 'rights',
    title: words.columns.rights,
    cell: ({ rights, space }) => (
      <span className={styles.value}>
        <span className={styles.choices}>
          {rights.map((right) => (
            <Tag key={right}>{words.rights[right]}</Tag>
          ))}
        </span>
        {space !== undefined && <span className={shared.small}>{words.space(space)}</span>}
      </span>
    ),
  },
  {
    key: 'embed',
    title: words.columns.embed,
    cell: ({ origins = [] }) => (origins.length === 0 ? texts.none : origins.join(', ')),
  },
  {
    key: 'created',
    title: words.columns.created,
    cell: ({ createdAt, createdBy }) => (
      <span>
        <Ago time={createdAt} /> <span className={shared.small}>{words.by(createdBy)}</span>
      </span>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    cell: ({ revokedAt }) =>
      revokedAt === undefined ? (
        <StateBadge tone="good">{words.states.open}</StateBadge>
      ) : (
        <StateBadge tone="none">
          {words.states.closed} · <Ago time={revokedAt} />
        </StateBadge>
      ),
  },
  {
    key: 'actions',
    title: words.columns.actions,
    align: 'end',
    cell: ({ id, revokedAt }) => revokedAt === undefined && <Revoke of={id} />,
  },
]

/** Who may come in, what by, and whose pages may show customers; tokens are made and taken back here. */
export function TokensPart() {
  return (
    <>
      <NewToken />
      <p className={styles.remark}>{words.about}</p>
      <Answer query={useQuery(tokensQuery)} height={240}>
        {(tokens) => (
          <DataTable
            label={words.title}
            rows={tokens.toReversed()}
            columns={columns}
            rowKey={({ id }) => id}
          />
        )}
      </Answer>
    </>
  )
}

function Revoke({ of }: { of: string }) {
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
  return (
    <Popover opened={isAsking} onChange={setAsking} trapFocus returnFocus withArrow width={290}>
      <Popover.Target>
        <Button size="compact-xs" variant="default" onClick={() => setAsking(!isAsking)}>
          {words.revoke}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.asking}>
          <strong>{words.revokeAsk}</strong>
          <p>{words.revokeAbout}</p>
          {revoke.error && <TroubleLine thrown={revoke.error} />}
          <span className={shared.actions}>
            <Button
              size="xs"
              color="red"
              loading={revoke.isPending}
              onClick={() => revoke.mutate(of)}
            >
              {words.revokeYes}
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
