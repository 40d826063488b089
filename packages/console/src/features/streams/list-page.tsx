import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { StreamOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import type { Option } from '../../lib/form.ts'
import { sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { ListFilter, ListFrame } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { RemovedLine } from '../../ui/remove-definition.tsx'
import { Say } from '../../ui/say.tsx'
import type { StreamsAddress } from './address.ts'
import { streamsQuery } from './api/streams.ts'
import { chooseStreams, streamList } from './choose.ts'
import { AlertLines } from './parts/alert-lines.tsx'
import { StreamTable } from './parts/stream-table.tsx'

const words = texts.streams
const route = getRouteApi('/streams')
const removable = ['stream']

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
      <RemovedLine kinds={removable} />
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
    <ListFrame
      words={words}
      address={address}
      go={go}
      onClear={() => go({})}
      count={chosen.length}
      all={all.length}
      filters={
        <>
          <ListFilter
            label={words.connection}
            any={words.allConnections}
            options={wordsIn(all.map((stream) => stream.connection))}
            value={address.connection}
            // The router leaves out what is empty when it writes the address.
            onChoose={(connection = '') => go({ ...address, connection })}
          />
          <ListFilter
            label={words.category}
            any={words.allCategories}
            options={wordsIn(all.map((stream) => stream.category))}
            value={address.category}
            onChoose={(category = '') => go({ ...address, category })}
          />
        </>
      }
    >
      <StreamTable
        streams={chosen}
        sorting={sortingOf(all, address, streamList)}
        onSort={(sort) => go(sortedBy(address, sort, all, streamList))}
      />
    </ListFrame>
  )
}

const wordsIn = (found: readonly string[]): readonly Option[] =>
  [...new Set(found)].toSorted().map((value) => ({ value, label: value }))
