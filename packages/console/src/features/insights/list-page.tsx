import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { InsightOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icons.tsx'
import { ListFilter, ListFrame } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { type InsightsAddress, insightStates } from './address.ts'
import { insightsQuery } from './api/insights.ts'
import { chooseInsights, listOf } from './choose.ts'
import { InsightTable } from './parts/insight-table.tsx'
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
  const { state, ...rest } = address
  return (
    <ListFrame
      words={words}
      address={address}
      go={go}
      onClear={() => go({})}
      count={chosen.length}
      all={all.length}
      filters={
        <ListFilter
          label={words.stateFilter}
          any={words.anyState}
          options={insightStates.map((value) => ({ value, label: words.states[value] }))}
          value={state}
          onChoose={(next) => go(next === undefined ? rest : { ...rest, state: next })}
        />
      }
    >
      <InsightTable
        insights={chosen}
        sorting={sortingOf(all, address, listOf)}
        onSort={(sort) => go(sortedBy(address, sort, all, listOf))}
      />
    </ListFrame>
  )
}
