import type { StreamOverview } from '@tessera/platform/contract'
import type { StreamSort, StreamsAddress } from './address.ts'

/** The streams that an address asks for, in its order. */
export function chooseStreams(
  streams: readonly StreamOverview[],
  address: StreamsAddress,
): readonly StreamOverview[] {
  const { sort, order } = sortingIn(address)
  const sign = order === 'up' ? 1 : -1
  return streams
    .filter((stream) => fits(stream, address))
    .toSorted((a, b) => sign * compare(a, b, sort) || a.key.localeCompare(b.key))
}

/** By what an address sorts; by name unless it says something. */
export function sortingIn({ sort = 'name', order }: StreamsAddress): {
  readonly sort: StreamSort
  readonly order: 'up' | 'down'
} {
  return { sort, order: order ?? naturalOrder(sort) }
}

/** What an address becomes when the head of a column is pressed: its natural order first, then the other. */
export function sortedBy(address: StreamsAddress, sort: StreamSort): StreamsAddress {
  const now = sortingIn(address)
  const other = now.order === 'up' ? 'down' : 'up'
  return { ...address, sort, order: now.sort === sort ? other : naturalOrder(sort) }
}

// Names from A to Z; the most and the newest first.
const naturalOrder = (sort: StreamSort) =>
  sort === 'name' || sort === 'connection' ? 'up' : 'down'

function fits(stream: StreamOverview, { q = '', connection, category }: StreamsAddress): boolean {
  const words = q.toLowerCase().split(/\s+/)
  const text = `${stream.label} ${stream.key} ${stream.connection}`.toLowerCase()
  return (
    words.every((word) => text.includes(word)) &&
    (connection === undefined || stream.connection === connection) &&
    (category === undefined || stream.category === category)
  )
}

function compare(a: StreamOverview, b: StreamOverview, sort: StreamSort): number {
  if (sort === 'name') return a.label.localeCompare(b.label)
  if (sort === 'connection') return a.connection.localeCompare(b.connection)
  if (sort === 'last_run') return lastRun(a).localeCompare(lastRun(b))
  return amount(a, sort) - amount(b, sort)
}

const lastRun = ({ last_run }: StreamOverview) => last_run?.started_at ?? ''

const amount = (stream: StreamOverview, of: 'rows' | 'received' | 'rejected') =>
  of === 'rows' ? stream.rows : stream.ledger[of]
