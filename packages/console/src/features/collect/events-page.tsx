import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { texts } from '../../lib/texts.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icons.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { FilterLine, ListFilter } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import { type EventsAddress, eventStatuses } from './address.ts'
import { streamsQuery } from './api/events.ts'
import { EventDetail } from './parts/event-detail.tsx'
import { EventList } from './parts/event-list.tsx'
import styles from './parts/events.module.css'
import type { Tail } from './tail.ts'
import { useTail } from './use-tail.ts'

const words = texts.events
const route = getRouteApi('/events')

/** What comes in, as it comes. */
export function EventsPage(): ReactNode {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const [isPaused, setPaused] = useState(false)
  const go = (search: EventsAddress) => void navigate({ search, replace: true })
  const { event: _, ...filter } = address
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <>
          <LinkButton to="/senders" icon="key">
            {words.toSenders}
          </LinkButton>
          <Button
            variant={isPaused ? 'filled' : 'default'}
            leftSection={<Icon name={isPaused ? 'play' : 'pause'} size={14} />}
            onClick={() => setPaused(!isPaused)}
          >
            {isPaused ? words.goOn : words.pause}
          </Button>
        </>
      }
    >
      <Filters address={address} go={go} />
      {/* Another filter is another look: it begins anew. */}
      <Live key={JSON.stringify(filter)} address={address} isPaused={isPaused} go={go} />
    </Page>
  )
}

function Filters({ address, go }: { address: EventsAddress; go: (to: EventsAddress) => void }) {
  const { data: streams = [] } = useQuery(streamsQuery)
  const { stream, status, ...rest } = address
  const kept = {
    ...rest,
    ...(stream === undefined ? {} : { stream }),
    ...(status === undefined ? {} : { status }),
  }
  const named = new Map(streams.map(({ key, label }) => [key, label]))
  if (stream !== undefined && !named.has(stream)) named.set(stream, stream)
  return (
    <FilterLine>
      <SearchBox
        label={words.search}
        hint={words.searchHint}
        value={address.q ?? ''}
        onSearch={(q) => go({ ...kept, q })}
      />
      <ListFilter
        label={words.stream}
        any={words.allStreams}
        options={[...named].map(([value, label]) => ({ value, label }))}
        value={stream}
        onChoose={(value = '') => go({ ...kept, stream: value })}
      />
      <ListFilter
        label={words.status}
        any={words.allStatuses}
        options={eventStatuses.map((value) => ({ value, label: words.statuses[value] }))}
        value={status}
        onChoose={(chosen) => {
          const { status: __, ...others } = kept
          go(chosen === undefined ? others : { ...others, status: chosen })
        }}
      />
    </FilterLine>
  )
}

function Live({
  address,
  isPaused,
  go,
}: {
  address: EventsAddress
  isPaused: boolean
  go: (to: EventsAddress) => void
}) {
  const { tail, thrown } = useTail(address, isPaused)
  const { event: opened, ...closed } = address
  const open = (event: string | undefined) =>
    go(event === undefined ? closed : { ...closed, event })
  const isListed = tail.events.some(({ position }) => String(position) === opened)
  return (
    <>
      {opened !== undefined && !isListed && tail.after !== undefined && (
        <Panel
          title={words.one(opened)}
          aside={
            <Button size="compact-xs" variant="default" onClick={() => open(undefined)}>
              {words.close}
            </Button>
          }
        >
          <EventDetail position={opened} />
        </Panel>
      )}
      <Panel
        flush="flush"
        title={words.last}
        aside={<Pulse tail={tail} isPaused={isPaused} thrown={thrown} />}
      >
        {tail.events.length > 0 ? (
          <EventList events={tail.events} opened={opened} onOpen={open} />
        ) : (
          <Nothing address={address} tail={tail} thrown={thrown} go={go} />
        )}
      </Panel>
    </>
  )
}

function Pulse({ tail, isPaused, thrown }: { tail: Tail; isPaused: boolean; thrown: unknown }) {
  const running = thrown === undefined ? 'live' : 'lost'
  const state = isPaused ? 'paused' : running
  return (
    <span className={styles.pulse} role="status">
      {tail.hasGap && <span className={styles.gap}>{words.gap}</span>}
      <span className={styles.state} data-state={state}>
        {words.pulse[state]}
      </span>
    </span>
  )
}

function Nothing({
  address: { q, stream, status },
  tail,
  thrown,
  go,
}: {
  address: EventsAddress
  tail: Tail
  thrown: unknown
  go: (to: EventsAddress) => void
}) {
  if (thrown !== undefined) return <Trouble thrown={thrown} />
  if (tail.after === undefined) return <EmptyState icon="stream" title={words.looking} />
  if (q !== undefined || stream !== undefined || status !== undefined) {
    return (
      <EmptyState
        icon="search"
        title={words.noneFits}
        action={
          <Button size="xs" variant="default" onClick={() => go({})}>
            {words.showAll}
          </Button>
        }
      >
        {words.noneFitsHelp}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon="stream"
      title={words.none}
      action={<LinkButton to="/senders">{words.toSenders}</LinkButton>}
    >
      {words.noneHelp}
    </EmptyState>
  )
}
