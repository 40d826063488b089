import type { Identified, Profile, Profiles, SentBy } from '#profiles'
import { eventsAnswer, eventsAsked } from './events.ts'
import { externalIdsAnswer, groupId } from './external-ids.ts'
import { profileApiFaults } from './faults.ts'
import { pageOf } from './paging.ts'
import type { Place, Resource } from './place.ts'
import { type Computed, traitsAnswer, traitsOfPerson } from './traits.ts'

/** Where the answers are read. */
export interface ProfileReading {
  readonly profiles: Pick<Profiles, 'get' | 'spaceOf' | 'group'>
  readonly identified: Identified
  /** The streams of events, with what keeps their ids apart. */
  readonly senders: () => Promise<readonly { readonly stream: string; readonly source: string }[]>
  readonly computedOf: (profile: string) => Promise<Computed>
}

/** A question about one profile. */
export interface Asked {
  readonly place: Place
  readonly query: URLSearchParams
}

/** How a profile is called in answers, and may be asked for. */
const nameOf = (profile: string): string => `use_${profile}`

/** The address of a list, as cursors name it. */
export const urlOf = ({ space, collection, resource }: Place, name: string): string =>
  `/v1/spaces/${encodeURIComponent(space)}/collections/${collection}/profiles/${name}/${resource}`

/** `kind:id`, where the id may hold further colons. */
export function identifierIn({ identifier, space }: Place) {
  const colon = identifier.indexOf(':')
  return { kind: identifier.slice(0, Math.max(colon, 0)), id: identifier.slice(colon + 1), space }
}

/** The answers about people. */
export function peopleAnswers(tools: ProfileReading): (asked: Asked) => Promise<object> {
  const { profiles, identified } = tools

  const find = async (place: Place): Promise<string> => {
    const [, own] = /^use_(\d{1,19})$/.exec(place.identifier) ?? []
    if (own !== undefined) {
      // Throws what becomes a 404 where nobody has the id.
      if ((await profiles.spaceOf(own)) !== place.space) throw profileApiFaults.not_found({})
      return own
    }
    const asked = identifierIn(place)
    if (asked.kind === '' || asked.id === '') throw profileApiFaults.not_found({})
    const [first, ...others] = await identified.people(asked)
    if (first === undefined) throw profileApiFaults.not_found({})
    if (others.length > 0)
      throw profileApiFaults.several({
        identifier: place.identifier,
        profiles: [first, ...others].map(nameOf),
      })
    return first
  }

  const sendersOf = async ({ sources }: Profile): Promise<readonly SentBy[]> =>
    (await tools.senders()).map(({ stream, source }) => ({
      ...{ stream, source },
      by: 'person',
      ids: [...new Set(sources.filter((one) => one.source === source).map(({ id }) => id))],
    }))

  const verbs: Readonly<
    Record<Resource, (profile: Profile, of: Asked & { url: string }) => unknown>
  > = {
    traits: async (profile, of) =>
      traitsAnswer(traitsOfPerson(profile, await tools.computedOf(profile.id)), of),
    events: async (profile, of) =>
      eventsAnswer(await identified.sent(await sendersOf(profile), eventsAsked(of.query)), {
        ...of,
        related: { users: nameOf(profile.id) },
      }),
    external_ids: async (profile, of) => {
      const [all, first] = await Promise.all([
        identified.identifiersOf([profile.id]),
        sendersOf(profile).then(identified.firstMessages),
      ])
      return externalIdsAnswer(all.get(profile.id) ?? [], 'users', { ...of, first })
    },
    metadata: async (profile) => {
      const edges = await edgesOf(identified, await sendersOf(profile))
      return { metadata: metadataOf(edges, profile) }
    },
    links: async ({ accounts }, of) => {
      const { page, cursor } = pageOf(accounts, ({ record }) => record, of)
      const taken = await identified.accountsTakenAt(page.map(({ record }) => record))
      const data = page.map(({ id, source, record }) => ({
        to_collection: 'accounts',
        external_ids: [groupId({ id, source, at: taken.get(record) })],
      }))
      return { data, cursor }
    },
  }

  return async (asked) => {
    const profile = await profiles.get(await find(asked.place))
    const url = urlOf(asked.place, nameOf(profile.id))
    // Each verb makes an object.
    return (await verbs[asked.place.resource](profile, { ...asked, url })) as object
  }
}

/** The first and the last event that was sent of somebody. */
export async function edgesOf({ sent }: Identified, senders: readonly SentBy[]) {
  const [[first], [last]] = await Promise.all([
    sent(senders, { sort: 'asc', limit: 1 }),
    sent(senders, { sort: 'desc', limit: 1 }),
  ])
  return { first, last }
}

/** The answer about the bookkeeping of somebody. */
export function metadataOf(
  { first, last }: Awaited<ReturnType<typeof edgesOf>>,
  { history = [] }: Partial<Pick<Profile, 'history'>> = {},
) {
  const times = [
    ...history.map(({ at }) => Date.parse(at)),
    ...[first, last].flatMap((one) => (one === undefined ? [] : [one.ms])),
  ].filter((ms) => !Number.isNaN(ms))
  const told = (ms: number) => (times.length === 0 ? null : new Date(ms).toISOString())
  return {
    created_at: told(Math.min(...times)),
    updated_at: told(Math.max(...times)),
    expires_at: null,
    first_message_id: first?.message['messageId'] ?? null,
    first_source_id: first?.source ?? null,
    last_message_id: last?.message['messageId'] ?? null,
    last_source_id: last?.source ?? null,
  }
}
