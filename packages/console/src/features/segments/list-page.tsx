import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { SegmentOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { segmentsQuery } from './api/segments.ts'
import { SegmentTable } from './parts/segment-table.tsx'

const words = texts.segments
const route = getRouteApi('/segments')

/** All segments with their sizes and who came and went last. */
export function SegmentsPage(): ReactNode {
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const segments = useQuery(segmentsQuery)
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <SearchBox
          label={words.search}
          hint={words.searchHint}
          value={q}
          onSearch={(text) => void navigate({ search: { q: text }, replace: true })}
        />
      }
    >
      <Panel flush="flush">
        <Answer query={segments}>{(all) => <Found all={all} q={q} />}</Answer>
      </Panel>
    </Page>
  )
}

function Found({ all, q }: { all: readonly SegmentOverview[]; q: string }) {
  if (all.length === 0) {
    return (
      <EmptyState icon="segment" title={words.empty}>
        <Say text={words.emptyHelp} />
      </EmptyState>
    )
  }
  const wanted = q.toLowerCase()
  const found = all.filter(({ key, label }) => `${label} ${key}`.toLowerCase().includes(wanted))
  if (found.length === 0) return <EmptyState icon="search" title={words.noneFound} />
  return <SegmentTable segments={found} />
}
