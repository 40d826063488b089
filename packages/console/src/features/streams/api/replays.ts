import { queryOptions } from '@tanstack/react-query'
import type { Job, NewReplay, Replay } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

const pathOf = (id: string) => `/replays/${encodeURIComponent(id)}`

/** Every replay, newest first; asked often while one is being compared. */
export const replaysQuery = queryOptions({
  queryKey: ['replays'],
  queryFn: ({ signal }) => ask<Replay[]>('/replays', { signal }),
  refetchInterval: ({ state: { data } }) =>
    data?.some(({ state }) => state === 'comparing') ? 1_000 : 10_000,
})

/** Runs events again beside what is there, and compares. */
export const startReplay = (body: NewReplay): Promise<{ readonly id: string }> =>
  ask('/replays', { method: 'POST', body })

/** The newest work on a replay, asked until it is over: a swap may still be refused when what was shown no longer holds. */
export const replayJobQuery = (job: string) =>
  queryOptions({
    queryKey: ['jobs', job],
    queryFn: ({ signal }) => ask<Job>(`/jobs/${encodeURIComponent(job)}`, { signal }),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || isUnderway(data) ? 1_000 : false,
  })

/** Whether work waits or goes on. */
export const isUnderway = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'waiting' || state === 'running'

/** Puts what a replay found in the place of what is there; answers with the job that does it. */
export const swapReplay = (id: string): Promise<{ readonly job: string }> =>
  ask(`${pathOf(id)}/swap`, { method: 'POST' })

/** Lets go of a replay; nothing changes. */
export const discardReplay = (id: string): Promise<unknown> => ask(pathOf(id), { method: 'DELETE' })
