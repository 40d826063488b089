import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Token } from '@tessera/platform/contract'
import type { ListOf } from '../../../lib/listing.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { AskFirst } from '../../../ui/ask-first.tsx'
import type { Column } from '../../../ui/data-table.tsx'
import shared from '../../../ui/lines.module.css'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { OperationSort } from '../address.ts'
import { revokeToken, tokensQuery } from '../api/operations.ts'
import type { PartProps } from '../operations-page.tsx'
import { NewToken } from './new-token.tsx'
import styles from './operations.module.css'
import { SearchedTable } from './searched-table.tsx'

const words = texts.tokens

const stateOf = ({ revokedAt }: Token) => (revokedAt === undefined ? 'open' : 'closed')

const tokenList: ListOf<Token, OperationSort> = {
  text: (token) =>
    [
      ...[token.name, token.space ?? '', token.createdBy, words.states[stateOf(token)]],
      ...token.rights.map((right) => words.rights[right]),
      ...(token.origins ?? []),
    ].join(' '),
  by: {
    name: ({ name }) => name,
    state: (token) => words.states[stateOf(token)],
    created: ({ createdAt }) => createdAt,
  },
  usual: 'created',
  newestFirst: ['created'],
}

const columns: readonly Column<Token, OperationSort | 'rights' | 'embed' | 'actions'>[] = [
  { key: 'name', title: words.columns.name, canSort: 'can sort', cell: ({ name }) => name },
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
    canSort: 'can sort',
    cell: ({ createdAt, createdBy }) => (
      <span>
        <Ago time={createdAt} /> <span className={shared.small}>{words.by(createdBy)}</span>
      </span>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    canSort: 'can sort',
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
export function TokensPart(props: PartProps) {
  return (
    <>
      <NewToken />
      <SearchedTable
        {...props}
        words={words}
        label={words.title}
        query={useQuery(tokensQuery)}
        list={tokenList}
        columns={columns}
        rowKey={({ id }) => id}
      />
    </>
  )
}

function Revoke({ of }: { of: string }) {
  const queries = useQueryClient()
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
  return (
    <AskFirst
      look={{ size: 'compact-xs', variant: 'default' }}
      asks={
        <>
          <strong>{words.revokeAsk}</strong>
          <p>{words.revokeAbout}</p>
        </>
      }
      yes={words.revokeYes}
      isFinal
      work={revoke}
      onYes={() => revoke.mutate(of)}
    >
      {words.revoke}
    </AskFirst>
  )
}
