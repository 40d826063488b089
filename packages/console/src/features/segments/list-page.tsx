import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { SegmentOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icons.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { ListFilter, ListFrame } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { lanes, type SegmentsAddress } from './address.ts'
import { segmentsQuery } from './api/segments.ts'
import { chooseSegments, listOf } from './choose.ts'
import { SegmentTable } from './parts/segment-table.tsx'

const words = texts.segments
const route = getRouteApi('/segments')

/** All segments with their sizes, how they are kept, and who came and went last. */
export function SegmentsPage(): ReactNode {
  const segments = useQuery(segmentsQuery)
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <>
          <LinkButton to="/segment-overlap" icon="segment">
            {words.overlap}
          </LinkButton>
          <NewButton />
        </>
      }
    >
      <Answer query={segments}>
        {(all) => (all.length === 0 ? <NoSegments /> : <Found all={all} />)}
      </Answer>
    </Page>
  )
}

function NewButton() {
  return (
    <Button
      component={Link}
      to="/segment-new"
      c="white"
      leftSection={<Icon name="plus" size={14} />}
    >
      {words.create}
    </Button>
  )
}

function NoSegments() {
  return (
    <Panel>
      <EmptyState icon="segment" title={words.empty} action={<NewButton />}>
        <Say text={words.emptyHelp} />
      </EmptyState>
    </Panel>
  )
}

function Found({ all }: { all: readonly SegmentOverview[] }) {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: SegmentsAddress) => void navigate({ search, replace: true })
  const chosen = chooseSegments(all, address)
  const { lane, ...rest } = address
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
          label={words.lane}
          any={words.anyLane}
          options={lanes.map((value) => ({ value, label: words.lanes[value] }))}
          value={lane}
          onChoose={(next) => go(next === undefined ? rest : { ...rest, lane: next })}
        />
      }
    >
      <SegmentTable
        segments={chosen}
        sorting={sortingOf(all, address, listOf)}
        onSort={(sort) => go(sortedBy(address, sort, all, listOf))}
      />
    </ListFrame>
  )
}
