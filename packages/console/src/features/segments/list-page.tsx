import { Button, Select } from '@mantine/core'
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
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { lanes, type SegmentsAddress } from './address.ts'
import { segmentsQuery } from './api/segments.ts'
import { chooseSegments, listOf } from './choose.ts'
import { SegmentTable } from './parts/segment-table.tsx'
import styles from './parts/segments.module.css'

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
  const { lane: _, ...rest } = address
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
          aria-label={words.lane}
          placeholder={words.anyLane}
          data={lanes.map((value) => ({ value, label: words.lanes[value] }))}
          value={address.lane ?? null}
          onChange={(value) => {
            const lane = lanes.find((known) => known === value)
            go(lane === undefined ? rest : { ...rest, lane })
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
          <SegmentTable
            segments={chosen}
            sorting={sortingOf(all, address, listOf)}
            onSort={(sort) => go(sortedBy(address, sort, all, listOf))}
          />
        )}
      </Panel>
    </>
  )
}
