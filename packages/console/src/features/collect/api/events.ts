import { queryOptions } from '@tanstack/react-query'
import type { EventWay, SeenEvent, StreamOverview } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import type { EventsAddress } from '../address.ts'
import { mostAtOnce } from '../tail.ts'

const waitSeconds = 20

/** The events that came after a place in the log, newest first; waits for some when there are none. */
export function askTail(
  { q, stream, status }: EventsAddress,
  { after, signal }: { readonly after: number | undefined; readonly signal: AbortSignal },
): Promise<readonly SeenEvent[]> {
  const wait = after === undefined ? 0 : waitSeconds
  return ask<SeenEvent[]>('/events', {
    signal,
    waitMs: wait * 1_000,
    query: { contains: q, stream, status, after, wait, limit: mostAtOnce },
  })
}

/** The whole way of an event, asked again until nothing of it waits. */
export const wayQuery = (position: string) =>
  queryOptions({
    queryKey: ['events', position],
    queryFn: ({ signal }) => ask<EventWay>(`/events/${position}`, { signal }),
    refetchInterval: ({ state: { data } }) =>
      data?.steps.some(({ state }) => state === 'waiting') ? 1_500 : false,
  })

/** The streams, to choose one from. */
export const streamsQuery = queryOptions({
  queryKey: ['streams'],
  queryFn: ({ signal }) => ask<StreamOverview[]>('/streams', { signal }),
})
