import { type Route, route } from '#kernel/route.ts'
import {
  findQuery,
  foundSchema,
  profileParams,
  profileSchema,
  searchQuery,
  timelineQuery,
  timelineSchema,
  whoSchema,
} from './api.ts'
import { profileFaults } from './faults.ts'
import { type Profiles, recordIn, whoOf } from './profiles.ts'

const common = { tag: 'profiles', may: 'read', method: 'GET' } as const

/** The HTTP face of profiles. */
export const profileRoutes = (profiles: Profiles): readonly Route[] => [
  route({
    ...common,
    path: '/profiles',
    summary: 'Profiles by name, e-mail, telephone number or id; all when nothing is asked',
    query: searchQuery,
    answer: foundSchema,
    run: ({ query: { q = '', ...page } }) => profiles.search(q, page),
  }),
  route({
    ...common,
    path: '/profiles/find',
    summary: 'Whom an id, an e-mail, a telephone number, a record or a name means',
    query: findQuery,
    answer: whoSchema,
    run: async ({ query: { who, email, phone, country, record } }) => {
      if (who !== undefined) return profiles.who(who)
      if (email !== undefined) return whoOf(profiles, await profiles.byEmail(email), email)
      if (phone !== undefined) return whoOf(profiles, await profiles.byPhone(phone, country), phone)
      if (record === undefined) throw profileFaults.no_question({})
      return whoOf(profiles, await profiles.byRecord(...recordIn(record)), record)
    },
  }),
  route({
    ...common,
    path: '/profiles/:id',
    summary: 'Everything about one profile, each value with where it came from',
    params: profileParams,
    answer: profileSchema,
    run: ({ params }) => profiles.get(params.id),
  }),
  route({
    ...common,
    path: '/profiles/:id/timeline',
    summary: 'What somebody did, newest first',
    params: profileParams,
    query: timelineQuery,
    answer: timelineSchema,
    run: ({ params, query: { objects, ...page } }) =>
      profiles.timeline(params.id, {
        ...page,
        ...(objects === undefined ? {} : { objects: objects.split(',') }),
      }),
  }),
]
