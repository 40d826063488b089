import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { WriteKey } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { FilterLine, ListFilter } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { keyStates, type SendersAddress } from './address.ts'
import { keysQuery } from './api/senders.ts'
import { chooseKeys, sendersIn, sortedBy, sortingIn } from './keys.ts'
import { HowToSend } from './parts/how-to-send.tsx'
import { KeyTable } from './parts/key-table.tsx'
import { NewSenderForm } from './parts/new-sender.tsx'
import { ParkedPart } from './parts/parked-part.tsx'

const words = texts.senders
const route = getRouteApi('/senders')

/** Who may send events: setting one up, the write keys, the lines to copy, and what came with no key that is known. */
export function SendersPage(): ReactNode {
  const keys = useQuery(keysQuery)
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: SendersAddress) => void navigate({ search, replace: true })
  const { how, ...rest } = address
  return (
    <Page
      title={words.title}
      about={words.about}
      back={{ to: '/events', label: texts.events.title }}
      actions={
        <LinkButton to="/events" icon="pulse">
          {words.toEvents}
        </LinkButton>
      }
    >
      <Answer query={keys} height={420}>
        {(all) => (
          <>
            <NewSenderForm
              known={sendersIn(all)}
              onAdded={({ connection }) => go({ ...rest, how: connection })}
            />
            {how !== undefined && (
              <HowToSend key={how} connection={how} keys={all} onClose={() => go(rest)} />
            )}
            <Keys all={all} address={address} go={go} />
            <ParkedPart senders={sendersIn(all)} />
          </>
        )}
      </Answer>
    </Page>
  )
}

function Keys({
  all,
  address,
  go,
}: {
  all: readonly WriteKey[]
  address: SendersAddress
  go: (to: SendersAddress) => void
}) {
  if (all.length === 0) {
    return (
      <Panel title={words.keys.title}>
        <EmptyState icon="key" title={words.keys.empty}>
          {words.keys.emptyHelp}
        </EmptyState>
      </Panel>
    )
  }
  const chosen = chooseKeys(all, address)
  return (
    <>
      <KeyFilters address={address} go={go} count={chosen.length} />
      <Panel flush="flush" title={words.keys.title}>
        {chosen.length === 0 ? (
          <EmptyState
            icon="search"
            title={words.keys.noneFits}
            action={
              <Button size="xs" variant="default" onClick={() => go({})}>
                {words.keys.showAll}
              </Button>
            }
          />
        ) : (
          <KeyTable
            keys={chosen}
            sorting={sortingIn(address)}
            onSort={(sort) => go(sortedBy(address, sort))}
            onHow={(how) => go({ ...address, how })}
          />
        )}
      </Panel>
    </>
  )
}

function KeyFilters({
  address,
  go,
  count,
}: {
  address: SendersAddress
  go: (to: SendersAddress) => void
  count: number
}) {
  const { state, ...rest } = address
  return (
    <FilterLine count={words.keys.count(count)}>
      <SearchBox
        label={words.keys.search}
        hint={words.keys.searchHint}
        value={address.q ?? ''}
        onSearch={(q) => go({ ...address, q })}
      />
      <ListFilter
        label={words.keys.state}
        any={words.keys.allStates}
        options={keyStates.map((value) => ({ value, label: words.keys.states[value] }))}
        value={state}
        onChoose={(next) => go(next === undefined ? rest : { ...rest, state: next })}
      />
    </FilterLine>
  )
}
