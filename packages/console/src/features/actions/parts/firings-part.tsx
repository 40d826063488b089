import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ActionView, FiringView } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { olderThan } from '../../../lib/paging.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { JsonTree } from '../../../ui/json-tree.tsx'
import shared from '../../../ui/lines.module.css'
import { ListFilter } from '../../../ui/list-frame.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { type ActionAddress, firingStates } from '../address.ts'
import { actionsKey, firingsPerPage, firingsQuery, settleFirings } from '../api/actions.ts'
import { firingTones } from '../state.ts'
import styles from './actions.module.css'

const words = texts.actions.firing

/** Every time that the rule was met, newest first, with what became of it and why. */
export function FiringsPart({
  action: { key, ledger },
  address: { state, person, before },
  go,
}: {
  action: ActionView
  address: ActionAddress
  go: (address: ActionAddress) => void
}) {
  const firings = useQuery(firingsQuery({ action: key, state, person, before }))
  const settle = useSettle()
  const here: ActionAddress = {
    tab: 'firings',
    ...(state === undefined ? {} : { state }),
    ...(person === undefined ? {} : { person }),
  }
  const all = { action: key, ...(person === undefined ? {} : { person }) }
  return (
    <>
      <div className={styles.filters}>
        <ListFilter
          label={words.state}
          any={words.allStates}
          value={state}
          options={firingStates.map((value) => ({ value, label: texts.actions.states[value] }))}
          onChoose={(next) => {
            const { state: _, ...rest } = here
            go({ ...rest, ...(next === undefined ? {} : { state: next }) })
          }}
        />
        <SearchBox
          label={words.person}
          hint={words.personHint}
          value={person ?? ''}
          onSearch={(text) => {
            const { person: _, ...rest } = here
            go({ ...rest, ...(text === '' ? {} : { person: text }) })
          }}
        />
        <span className={shared.actions}>
          {ledger.dead > 0 && (
            <Button size="xs" onClick={() => settle.mutate({ verb: 'retry', which: all })}>
              {words.retryAll}
            </Button>
          )}
          {ledger.waiting > 0 && (
            <Button
              size="xs"
              variant="default"
              onClick={() => settle.mutate({ verb: 'cancel', which: all })}
            >
              {words.cancelAll}
            </Button>
          )}
        </span>
      </div>
      <Outcome settle={settle} />
      <Answer query={firings} height={320}>
        {(page) => (
          <>
            {page.length === 0 ? (
              <EmptyState icon="action" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            ) : (
              <DataTable
                label={texts.actions.parts.firings}
                rows={page}
                columns={columnsWith((verb, id) =>
                  settle.mutate({ verb, which: { action: key, id } }),
                )}
                rowKey={({ id }) => id}
              />
            )}
            <Pager
              onNewest={before === undefined ? undefined : () => go(here)}
              onOlder={olderThan(page, firingsPerPage, ({ sequence }) =>
                go({ ...here, before: String(sequence) }),
              )}
            />
          </>
        )}
      </Answer>
    </>
  )
}

function useSettle() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: settleFirings,
    onSuccess: () => queries.invalidateQueries({ queryKey: actionsKey }),
  })
}

function Outcome({ settle: { error, data, variables } }: { settle: ReturnType<typeof useSettle> }) {
  if (error)
    return (
      <div className={shared.line} data-tone="bad" role="alert">
        <TroubleLine thrown={error} />
      </div>
    )
  if (!data) return null
  return (
    <p className={shared.line} data-tone="good" role="status">
      {variables?.verb === 'cancel' ? words.cancelled(data.firings) : words.retried(data.firings)}
    </p>
  )
}

const columnsWith = (
  settle: (verb: 'retry' | 'cancel', id: string) => void,
): readonly Column<FiringView>[] => [
  { key: 'met', title: words.columns.met, cell: ({ met_at: at }) => <Ago time={at} /> },
  {
    key: 'person',
    title: words.columns.person,
    cell: ({ profile, person }) =>
      profile === undefined ? (
        (person ?? words.nobody)
      ) : (
        <Link to="/customers/$id" params={{ id: profile }} className={styles.link}>
          {person ?? profile}
        </Link>
      ),
  },
  {
    key: 'state',
    title: words.columns.state,
    cell: ({ state, due_at: due }) => (
      <span title={texts.actions.statesAbout[state]}>
        <StateBadge tone={firingTones[state]}>
          {texts.actions.states[state]}
          {state === 'waiting' && due !== undefined && (
            <>
              {' '}
              · {words.due} <Ago time={due} />
            </>
          )}
        </StateBadge>
      </span>
    ),
  },
  {
    key: 'change',
    title: words.columns.change,
    cell: ({ change }) => change && words.changes[change],
  },
  { key: 'lane', title: words.columns.lane, cell: ({ lane }) => lane },
  {
    key: 'attempts',
    title: words.columns.attempts,
    align: 'end',
    cell: ({ attempts }) => formatCount(attempts),
  },
  { key: 'reason', title: words.columns.reason, cell: ({ reason }) => reason },
  {
    key: 'data',
    title: words.columns.data,
    cell: ({ data, was }) => (
      <JsonTree value={was === undefined ? data : { now: data, was }} open={0} />
    ),
  },
  {
    key: 'act',
    title: '',
    align: 'end',
    cell: ({ id, state }) => (
      <>
        {state === 'dead' && (
          <Button size="compact-xs" variant="default" onClick={() => settle('retry', id)}>
            {words.retry}
          </Button>
        )}
        {state === 'waiting' && (
          <Button size="compact-xs" variant="default" onClick={() => settle('cancel', id)}>
            {words.cancel}
          </Button>
        )}
      </>
    ),
  },
]
