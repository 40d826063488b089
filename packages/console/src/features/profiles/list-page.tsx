import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { searchQuery } from './api/profiles.ts'
import { CustomerList } from './parts/customer-list.tsx'
import styles from './parts/customers.module.css'

const words = texts.customers
const route = getRouteApi('/customers')

/** Finds customers as one types. */
export function CustomersPage(): ReactNode {
  const { q = '' } = route.useSearch()
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
            if (customers.length === 0) return <Nobody q={q} />
            return (
              <>
                <p className={styles.remark} role="status">
                  {words.found(pages[0]?.total ?? customers.length)}
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
