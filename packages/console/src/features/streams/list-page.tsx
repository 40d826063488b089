import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { StreamOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import type { StreamsAddress } from './address.ts'
import { streamsQuery } from './api/streams.ts'
import { chooseStreams, sortedBy, sortingIn } from './choose.ts'
import { AlertLines } from './parts/alert-lines.tsx'
import { StreamTable } from './parts/stream-table.tsx'
import styles from './parts/streams.module.css'

const words = texts.streams
const route = getRouteApi('/streams')

/** All streams; what is searched, filtered and sorted stands in the address. */
export function StreamsPage(): ReactNode {
  const streams = useQuery(streamsQuery)
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <>
          <LinkButton to="/connect" icon="stream">
            {texts.sources.open}
          </LinkButton>
          <LinkButton to="/senders" icon="key">
            {texts.events.toSenders}
          </LinkButton>
        </>
      }
    >
      <AlertLines />
      <Answer query={streams} height={420}>
        {(all) => (all.length === 0 ? <NoStreams /> : <Streams all={all} />)}
      </Answer>
    </Page>
  )
}

function NoStreams() {
  return (
    <Panel>
      <EmptyState
        icon="stream"
        title={words.empty}
        action={
          <LinkButton to="/connect" icon="stream">
            {texts.sources.open}
          </LinkButton>
        }
      >
        <Say text={words.emptyHelp} />
      </EmptyState>
    </Panel>
  )
}

function Streams({ all }: { all: readonly StreamOverview[] }) {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: StreamsAddress) => void navigate({ search, replace: true })
  const chosen = chooseStreams(all, address)
  return (
    <>
      <Filters all={all} address={address} go={go} count={chosen.length} />
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
          >
            {words.noneFoundHelp}
          </EmptyState>
        ) : (
          <StreamTable
            streams={chosen}
            sorting={sortingIn(address)}
            onSort={(sort) => go(sortedBy(address, sort))}
          />
        )}
      </Panel>
    </>
  )
}

function Filters({
  all,
  address,
  go,
  count,
}: {
  all: readonly StreamOverview[]
  address: StreamsAddress
  go: (search: StreamsAddress) => void
  count: number
}) {
  const { connection, category, ...rest } = address
  const kept = {
    ...(connection === undefined ? {} : { connection }),
    ...(category === undefined ? {} : { category }),
  }
  return (
    <div className={styles.filters}>
      <SearchBox
        label={words.search}
        hint={words.searchHint}
        value={address.q ?? ''}
        onSearch={(q) => go({ ...address, q })}
      />
      <Filter
        label={words.connection}
        none={words.allConnections}
        options={[...new Set(all.map((stream) => stream.connection))].toSorted()}
        value={connection}
        onChange={(value) => go({ ...rest, ...kept, ...given('connection', value) })}
      />
      <Filter
        label={words.category}
        none={words.allCategories}
        options={[...new Set(all.map((stream) => stream.category))].toSorted()}
        value={category}
        onChange={(value) => go({ ...rest, ...kept, ...given('category', value) })}
      />
      <span className={styles.count}>
        {count === all.length ? words.count(count) : words.countOf(count, all.length)}
      </span>
    </div>
  )
}

// The router leaves out what is empty when it writes the address.
const given = (name: 'connection' | 'category', value: string | null) => ({ [name]: value ?? '' })

function Filter({
  label,
  none,
  options,
  value,
  onChange,
}: {
  label: string
  none: string
  options: readonly string[]
  value: string | undefined
  onChange: (value: string | null) => void
}) {
  return (
    <Select
      aria-label={label}
      placeholder={none}
      data={[...options]}
      value={value ?? null}
      onChange={onChange}
      clearable
      w={170}
    />
  )
}
