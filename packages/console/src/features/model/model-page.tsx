import { Button, Checkbox, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { nodesQuery } from '../../lib/jobs.ts'
import { type WholeModel, wholeModelQuery } from '../../lib/model.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { FilterLine, ListFilter } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { RemovedLine } from '../../ui/remove-definition.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { type ModelAddress, modelViews } from './address.ts'
import { chooseObjects } from './choose.ts'
import { ModelPicture } from './parts/model-picture.tsx'
import { ObjectTable } from './parts/object-table.tsx'

const words = texts.model
const route = getRouteApi('/model')
const removable = ['model_object']

/** The whole model: as a diagram of what leads to what, or as a table. */
export function ModelPage(): ReactNode {
  const model = useQuery(wholeModelQuery)
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <LinkButton to="/model-new" icon="plus">
          {words.create}
        </LinkButton>
      }
    >
      <RemovedLine kinds={removable} />
      <Answer query={model} height={520}>
        {(found) => <Model model={found} />}
      </Answer>
    </Page>
  )
}

function Model({ model }: { model: WholeModel }) {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const { data: flow } = useQuery(nodesQuery)
  const isNarrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  const rows = new Map(
    flow?.nodes.flatMap(({ key, counts }) =>
      key.startsWith('model:') ? [[key.slice('model:'.length), counts['rows'] ?? 0] as const] : [],
    ),
  )
  const chosen = chooseObjects(model.objects, address, (key) => rows.has(key))
  const go = (to: ModelAddress) => void navigate({ search: to, replace: true })
  const view = isNarrow ? 'table' : (address.view ?? 'picture')
  return (
    <>
      <Filters model={model} address={address} go={go} count={chosen.length} />
      <Panel flush="flush">
        {chosen.length === 0 ? (
          <EmptyState
            icon="search"
            title={words.noneFound}
            action={
              <Button size="xs" variant="default" onClick={() => go({})}>
                {words.showAll}
              </Button>
            }
          />
        ) : (
          <Shown view={view} model={model} chosen={chosen} rows={rows} address={address} go={go} />
        )}
      </Panel>
    </>
  )
}

function Shown({
  view,
  model,
  chosen,
  rows,
  address,
  go,
}: {
  view: (typeof modelViews)[number]
  model: WholeModel
  chosen: WholeModel['objects']
  rows: ReadonlyMap<string, number>
  address: ModelAddress
  go: (to: ModelAddress) => void
}) {
  return view === 'table' ? (
    <ObjectTable
      objects={chosen}
      areas={model.subject_areas}
      rows={rows}
      address={address}
      go={go}
    />
  ) : (
    <ModelPicture objects={chosen} areas={model.subject_areas} rows={rows} />
  )
}

function Filters({
  model,
  address,
  go,
  count,
}: {
  model: WholeModel
  address: ModelAddress
  go: (to: ModelAddress) => void
  count: number
}) {
  const { area, filled, ...rest } = address
  const kept = { ...(area && { area }), ...(filled && { filled }) }
  return (
    <FilterLine
      count={words.count(count)}
      beside={
        <SegmentedControl
          visibleFrom="sm"
          size="xs"
          aria-label={words.view}
          value={address.view ?? 'picture'}
          onChange={(value) =>
            go({ ...rest, ...kept, view: value === 'table' ? 'table' : 'picture' })
          }
          data={modelViews.map((value) => ({ value, label: words.views[value] }))}
        />
      }
    >
      <SearchBox
        label={words.search}
        hint={words.searchHint}
        value={address.q ?? ''}
        onSearch={(q) => go({ ...address, q })}
      />
      <ListFilter
        label={words.area}
        any={words.allAreas}
        options={Object.entries(model.subject_areas).map(([value, label]) => ({ value, label }))}
        value={area}
        onChoose={(next) =>
          go({ ...rest, ...(filled && { filled }), ...(next === undefined ? {} : { area: next }) })
        }
      />
      <Checkbox
        label={words.filledOnly}
        checked={filled !== undefined}
        onChange={(event) =>
          go({
            ...rest,
            ...(area && { area }),
            ...(event.currentTarget.checked ? { filled: 'only' } : {}),
          })
        }
      />
    </FilterLine>
  )
}
