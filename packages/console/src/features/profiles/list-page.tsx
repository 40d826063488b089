import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import type { FoundProfiles } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkText } from '../../ui/link-text.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { type CustomersAddress, namesSomebody } from './address.ts'
import { searchQuery, whoQuery } from './api/profiles.ts'
import { CustomerList } from './parts/customer-list.tsx'
import styles from './parts/customers.module.css'

const words = texts.customers
const route = getRouteApi('/customers')

/** Finds customers as one types; an address that names somebody leads straight there. */
export function CustomersPage(): ReactNode {
  const address = route.useSearch()
  return namesSomebody(address) ? <Named address={address} /> : <Search q={address.q ?? ''} />
}

/** Whom an identifier means: their page opens at once; where several could be meant, they stand here. */
function Named({ address }: { address: CustomersAddress }) {
  const who = useQuery(whoQuery(address))
  const only = who.data?.profile
  if (only) return <Navigate to="/customers/$id" params={{ id: only.id }} replace />
  return (
    <Page title={words.title} about={words.about} back={{ to: '/customers', label: words.search }}>
      <Panel flush="flush">
        <Answer query={who} height={240}>
          {({ candidates }) => (
            <>
              <p className={styles.remark} role="status">
                {words.several(candidates.length)}
              </p>
              <CustomerList
                customers={candidates}
                isDim={false}
                hasMore={false}
                onMore={() => undefined}
              />
            </>
          )}
        </Answer>
      </Panel>
    </Page>
  )
}

function Search({ q }: { q: string }) {
  const navigate = route.useNavigate()
  const search = useInfiniteQuery(searchQuery(q))
  return (
    <Page title={words.title} about={words.about}>
      <SearchBox
        label={words.search}
        hint={words.searchHint}
        value={q}
        onSearch={(text) => void navigate({ search: { q: text }, replace: true })}
        width={520}
        size="md"
      />
      <Panel flush="flush">
        <Answer query={search} height={420}>
          {({ pages }) => {
            const customers = pages.flatMap(({ profiles }) => profiles)
            if (customers.length === 0) return <Otherwise q={q} />
            return (
              <>
                <p className={styles.remark} role="status">
                  {foundIn(pages)}
                </p>
                <CustomerList
                  customers={customers}
                  isDim={search.isPlaceholderData}
                  hasMore={search.hasNextPage}
                  onMore={() => {
                    if (!search.isFetchingNextPage) void search.fetchNextPage()
                  }}
                />
              </>
            )
          }}
        </Answer>
      </Panel>
    </Page>
  )
}

function foundIn(pages: readonly FoundProfiles[]): string {
  const last = pages.at(-1)
  return last?.more ? words.foundMore(last.total) : words.found(last?.total ?? 0)
}

/** What is no name, address or number may be a record, as a source calls it. */
function Otherwise({ q }: { q: string }) {
  const who = useQuery({ ...whoQuery({ who: q }), enabled: q.includes(':'), retry: false })
  const only = who.data?.profile
  if (!only) return <Nobody q={q} />
  return (
    <p className={styles.remark} role="status">
      <LinkText to={`/customers/${only.id}`} className={styles.found}>
        {only.name || words.nameless}
      </LinkText>{' '}
      {words.records(only.records)}
    </p>
  )
}

function Nobody({ q }: { q: string }) {
  if (q !== '') {
    return (
      <EmptyState icon="search" title={words.noneFound(q)}>
        {words.noneFoundHelp}
      </EmptyState>
    )
  }
  return (
    <EmptyState icon="people" title={words.empty}>
      {words.emptyHelp}
    </EmptyState>
  )
}
