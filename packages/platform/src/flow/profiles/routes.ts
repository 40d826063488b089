import { type Route, route } from '#kernel/route.ts'
import {
  findQuery,
  foundSchema,
  groupParams,
  groupQuery,
  groupSchema,
  profileParams,
  profileSchema,
  relationsSchema,
  searchQuery,
  timelineQuery,
  timelineSchema,
  whoSchema,
} from './api.ts'
import { profileFaults } from './faults.ts'
import { type Profiles, recordIn, whoOf } from './profiles.ts'

const common = { tag: 'profiles', may: 'read_customers', method: 'GET' } as const

/** The HTTP face of profiles. */
export const profileRoutes = (profiles: Profiles): readonly Route[] => [
  route({
    ...common,
    path: '/profiles',
    summary: 'Profiles by name, e-mail, telephone number or id; all when nothing is asked',
    query: searchQuery,
    answer: foundSchema,
    run: ({ query: { q = '', ...page }, caller: { within } }) =>
      profiles.search(q, { ...page, within }),
  }),
  route({
    ...common,
    path: '/profiles/find',
    summary: 'Whom an id, an e-mail, a telephone number, a record or a name means',
    query: findQuery,
    answer: whoSchema,
    run: async ({ query: { who, email, phone, country, record }, caller: { within } }) => {
      const only = { within }
      if (who !== undefined) return profiles.who(who, only)
      if (email !== undefined) return whoOf(profiles, await profiles.byEmail(email, only), email)
      if (phone !== undefined)
        return whoOf(profiles, await profiles.byPhone(phone, country, only), phone)
      if (record === undefined) throw profileFaults.no_question({})
      return whoOf(profiles, await profiles.byRecord(...recordIn(record), only), record)
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
  route({
    ...common,
    path: '/profiles/:id/relations',
    summary: 'Whom somebody has to do with, as a graph: accounts, their contacts, the household',
    params: profileParams,
    answer: relationsSchema,
    run: ({ params }) => profiles.relations(params.id),
  }),
  route({
    ...common,
    may: 'read',
    path: '/related/:object/:record',
    summary: 'What several people have in common, such as an account, with those people',
    params: groupParams,
    query: groupQuery,
    answer: groupSchema,
    run: ({ params, query }) => profiles.group(params, query),
  }),
]
