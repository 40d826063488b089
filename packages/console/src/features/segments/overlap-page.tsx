import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { OverlapAnswer } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { overlapQuery, segmentsQuery } from './api/segments.ts'
import { UpsetPicture } from './parts/upset-picture.tsx'
import { upsetOf } from './upset.ts'

const words = texts.segments.overlapPage
const route = getRouteApi('/segment-overlap')
const mostSegments = 12
const mostColumns = 40

/** Several segments laid over each other: who is in which of them, and in no other. */
export function OverlapPage(): ReactNode {
  const { of = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const chosen = of.split(',').filter((key) => key !== '')
  const { data: segments = [] } = useQuery(segmentsQuery)
  const about = segments.find(({ key }) => key === chosen[0])?.on
  return (
    <Page
      title={words.title}
      about={words.about}
      back={{ to: '/segments', label: texts.segments.title }}
    >
      <MultiSelect
        label={words.choose}
        placeholder={words.chooseHint}
        // Only what is about the same can be laid over each other.
        data={segments
          .filter(({ on }) => about === undefined || on === about)
          .map(({ key, label }) => ({ value: key, label }))}
        value={chosen}
        maxValues={mostSegments}
        onChange={(keys) => void navigate({ search: { of: keys.join(',') }, replace: true })}
        searchable
        clearable
      />
      <Panel>
        {chosen.length === 0 ? (
          <EmptyState icon="segment" title={words.start}>
            {words.startHelp}
          </EmptyState>
        ) : (
          <Overlap segments={chosen} />
        )}
      </Panel>
    </Page>
  )
}

function Overlap({ segments }: { segments: readonly string[] }) {
  const overlap = useQuery(overlapQuery(segments))
  return (
    <Answer query={overlap} height={320}>
      {(answer) => <Picture answer={answer} />}
    </Answer>
  )
}

function Picture({ answer }: { answer: OverlapAnswer }) {
  const { lines, columns } = upsetOf(answer, mostColumns)
  if (columns.length === 0)
    return (
      <EmptyState icon="people" title={words.nobody}>
        {words.nobodyHelp}
      </EmptyState>
    )
  return (
    <>
      <UpsetPicture lines={lines} columns={columns} />
      <DataTable
        label={words.table}
        rows={columns}
        columns={columnsOf(answer)}
        rowKey={({ key }) => key}
      />
    </>
  )
}

type Combination = ReturnType<typeof upsetOf>['columns'][number]

const columnsOf = ({ sets }: OverlapAnswer): readonly Column<Combination>[] => [
  {
    key: 'in',
    title: words.in,
    cell: ({ dots }) => dots.map((i) => sets[i]?.label ?? '').join(' + '),
  },
  { key: 'only', title: words.only, align: 'end', cell: ({ only }) => formatCount(only) },
  { key: 'all', title: words.all, align: 'end', cell: ({ all }) => formatCount(all) },
]
