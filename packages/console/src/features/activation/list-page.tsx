import { Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { arrange, type ListOf, sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { RemovedLine } from '../../ui/remove-definition.tsx'
import { Say } from '../../ui/say.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { type ActivationSort, type ActivationsAddress, activationLists } from './address.ts'
import { activationsQuery, destinationsQuery } from './api/activations.ts'
import { activationList, destinationList } from './lists.ts'
import { activationColumns } from './parts/activation-columns.tsx'
import styles from './parts/activations.module.css'
import { destinationColumns } from './parts/destination-columns.tsx'

const words = texts.activations
const route = getRouteApi('/activations')
const kinds = ['activation', 'destination']

/** All activations with what became of their members, and all destinations with how they fare. */
export function ActivationsPage(): ReactNode {
  const activations = useQuery(activationsQuery)
  const destinations = useQuery(destinationsQuery)
  const address = route.useSearch()
  const { show = 'activations', q = '' } = address
  const navigate = route.useNavigate()
  const go = (search: ActivationsAddress) => void navigate({ search, replace: true })
  const isOfPlaces = show === 'destinations'
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <>
          <SearchBox
            key={show}
            label={isOfPlaces ? words.searchDestinations : words.search}
            hint={words.searchHint}
            value={q}
            onSearch={(text) => go({ ...address, q: text })}
          />
          <LinkButton to={isOfPlaces ? '/new-destination' : '/new-activation'} icon="activation">
            {isOfPlaces ? words.createDestination : words.create}
          </LinkButton>
        </>
      }
    >
      <RemovedLine kinds={kinds} />
      <Panel flush="flush">
        <Tabs
          value={show}
          onChange={(name) => {
            const next = activationLists.find((known) => known === name)
            go(next === undefined || next === 'activations' ? {} : { show: next })
          }}
          keepMounted={false}
        >
          <Tabs.List className={styles.tabs}>
            {activationLists.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {words.tabs[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="activations">
            <Answer query={activations}>
              {(all) =>
                all.length === 0 ? (
                  <Nothing title={words.empty} help={words.emptyHelp} />
                ) : (
                  <Listed
                    label={words.title}
                    all={all}
                    columns={activationColumns}
                    of={activationList}
                    go={go}
                  />
                )
              }
            </Answer>
          </Tabs.Panel>
          <Tabs.Panel value="destinations">
            <Answer query={destinations}>
              {(all) =>
                all.length === 0 ? (
                  <Nothing title={words.destination.empty} help={words.destination.emptyHelp} />
                ) : (
                  <Listed
                    label={words.tabs.destinations}
                    all={all}
                    columns={destinationColumns}
                    of={destinationList}
                    go={go}
                  />
                )
              }
            </Answer>
          </Tabs.Panel>
        </Tabs>
      </Panel>
    </Page>
  )
}

function Nothing({ title, help }: { title: string; help: string }) {
  return (
    <EmptyState
      icon="activation"
      title={title}
      action={<LinkButton to="/new-destination">{words.createDestination}</LinkButton>}
    >
      <Say text={help} />
    </EmptyState>
  )
}

/** The rows that the address asks for, in its order. */
function Listed<Row extends { readonly key: string }>({
  label,
  all,
  columns,
  of,
  go,
}: {
  label: string
  all: readonly Row[]
  columns: readonly Column<Row, ActivationSort | 'ledger'>[]
  of: ListOf<Row, ActivationSort>
  go: (address: ActivationsAddress) => void
}) {
  const address = route.useSearch()
  const found = arrange(all, address, of)
  if (found.length === 0)
    return (
      <EmptyState
        icon="search"
        title={words.noneFound}
        action={
          <Button
            size="xs"
            variant="default"
            onClick={() => go(address.show === undefined ? {} : { show: address.show })}
          >
            {words.clear}
          </Button>
        }
      >
        {words.noneFoundHelp}
      </EmptyState>
    )
  return (
    <DataTable
      label={label}
      rows={found}
      columns={columns}
      rowKey={({ key }) => key}
      sorting={sortingOf(all, address, of)}
      onSort={(by) => by !== 'ledger' && go(sortedBy(address, by, all, of))}
    />
  )
}
