import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { InsightOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { type InsightsAddress, insightStates } from './address.ts'
import { insightsQuery } from './api/insights.ts'
import { chooseInsights, listOf } from './choose.ts'
import { InsightTable } from './parts/insight-table.tsx'
import styles from './parts/insights.module.css'
import { TemplatesPart } from './parts/templates-part.tsx'

const words = texts.insights
const route = getRouteApi('/insights')

/** All insights with how they stand, and those that are ready to be added. */
export function InsightsPage(): ReactNode {
  const insights = useQuery(insightsQuery)
  return (
    <Page title={words.title} about={words.about} actions={<NewButton />}>
      <Answer query={insights}>
        {(all) => (all.length === 0 ? <NoInsights /> : <Found all={all} />)}
      </Answer>
      <TemplatesPart />
    </Page>
  )
}

function NewButton() {
  return (
    <Button
      component={Link}
      to="/insight-new"
      c="white"
      leftSection={<Icon name="plus" size={14} />}
    >
      {words.create}
    </Button>
  )
}

function NoInsights() {
  return (
    <Panel>
      <EmptyState icon="insight" title={words.empty}>
        <Say text={words.emptyHelp} />
      </EmptyState>
    </Panel>
  )
}

function Found({ all }: { all: readonly InsightOverview[] }) {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: InsightsAddress) => void navigate({ search, replace: true })
  const chosen = chooseInsights(all, address)
  const { state: _, ...rest } = address
  return (
    <>
      <div className={styles.filters}>
        <SearchBox
          label={words.search}
          hint={words.searchHint}
          value={address.q ?? ''}
          onSearch={(q) => go({ ...address, q })}
        />
        <Select
          aria-label={words.stateFilter}
          placeholder={words.anyState}
          data={insightStates.map((value) => ({ value, label: words.states[value] }))}
          value={address.state ?? null}
          onChange={(value) => {
            const state = insightStates.find((known) => known === value)
            go(state === undefined ? rest : { ...rest, state })
          }}
          clearable
          w={190}
        />
        <span className={styles.total}>
          {chosen.length === all.length
            ? words.count(all.length)
            : words.countOf(chosen.length, all.length)}
        </span>
      </div>
      <Panel flush="flush">
        {chosen.length === 0 ? (
          <EmptyState
            icon="search"
            title={words.noneFound}
            action={
              <Button size="xs" variant="default" onClick={() => go({})}>
                {words.clear}
              </Button>
            }
          />
        ) : (
          <InsightTable
            insights={chosen}
            sorting={sortingOf(all, address, listOf)}
            onSort={(sort) => go(sortedBy(address, sort, all, listOf))}
          />
        )}
      </Panel>
    </>
  )
}
