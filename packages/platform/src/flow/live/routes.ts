import { type Route, route } from '#kernel/route.ts'
import { liveQuery, liveSchema, liveStatus } from './api.ts'
import { askedFrom } from './asked.ts'
import type { LiveProfiles } from './live.ts'

/** The HTTP face of live profiles. */
export const liveRoutes = (live: LiveProfiles): readonly Route[] => [
  route({
    method: 'GET',
    path: '/live/profile',
    tag: 'profiles',
    may: 'read',
    summary: 'A profile by any identifier, from memory, with every event that was accepted so far',
    query: liveQuery,
    answer: liveSchema,
    run: ({ query }) => live.read(askedFrom(query)),
  }),
  route({
    method: 'GET',
    path: '/live/status',
    tag: 'profiles',
    may: 'read',
    summary: 'How live profiles are kept: memory, how far behind, differences found',
    answer: liveStatus,
    run: async () => live.status(),
  }),
]
