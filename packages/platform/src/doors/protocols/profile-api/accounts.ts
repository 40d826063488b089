import type { Group, SentBy } from '#profiles'
import { eventsAnswer, eventsAsked } from './events.ts'
import { externalId, externalIdsAnswer } from './external-ids.ts'
import { profileApiFaults } from './faults.ts'
import { limitIn } from './paging.ts'
import {
  type Asked,
  edgesOf,
  identifierIn,
  metadataOf,
  type ProfileReading,
  urlOf,
} from './people.ts'
import type { Place, Resource } from './place.ts'
import { traitsAnswer, traitsOfAccount } from './traits.ts'

const account = 'account'

/** The answers about accounts. */
export function accountAnswers(tools: ProfileReading): (asked: Asked) => Promise<object> {
  const { profiles, identified } = tools

  const find = async (place: Place) => {
    const asked = identifierIn(place)
    if (asked.kind === '' || asked.id === '') throw profileApiFaults.not_found({})
    const [first, ...others] = await identified.accounts(asked)
    if (first === undefined) throw profileApiFaults.not_found({})
    if (others.length > 0)
      throw profileApiFaults.several({
        identifier: place.identifier,
        profiles: ['the id of its source, such as `<source>:<id>`'],
      })
    return first
  }

  const sendersOf = async ({ sources }: Group): Promise<readonly SentBy[]> =>
    (await tools.senders()).map(({ stream, source }) => ({
      ...{ stream, source },
      by: 'group',
      ids: [...new Set(sources.filter((one) => one.source === source).map(({ id }) => id))],
    }))

  const verbs: Readonly<Record<Resource, (group: Group, of: Asked & { url: string }) => unknown>> =
    {
      traits: (group, of) => traitsAnswer(traitsOfAccount(group), of),
      events: async (group, of) =>
        eventsAnswer(await identified.sent(await sendersOf(group), eventsAsked(of.query)), {
          ...of,
          related: {},
        }),
      external_ids: async ({ sources }, of) => {
        const taken = await identified.accountsTakenAt(sources.map(({ record }) => record))
        const all = sources.map(({ id, source, record }) => {
          return { kind: 'group_id', id, source, at: taken.get(record) }
        })
        return externalIdsAnswer(all, 'accounts', { ...of, first: new Map() })
      },
      metadata: async (group) => ({
        metadata: metadataOf(await edgesOf(identified, await sendersOf(group))),
      }),
      links: async ({ sources }, of) => links(sources[0]?.record ?? '', of),
    }

  const links = async (record: string, { query, url }: { query: URLSearchParams; url: string }) => {
    const limit = limitIn(query)
    const offset = offsetIn(query)
    const { people } = await profiles.group({ object: account, record }, { limit, offset })
    const ids = await identified.identifiersOf(people.shown.map(({ profile }) => profile))
    const data = people.shown.map(({ profile }) => ({
      to_collection: 'users',
      external_ids: (ids.get(profile) ?? []).map((one) => externalId(one, 'users')),
    }))
    const hasMore = people.total > offset + data.length
    const next = hasMore ? String(offset + data.length) : ''
    return { data, cursor: { url, has_more: hasMore, next, limit } }
  }

  return async (asked) => {
    const name = await find(asked.place)
    const group = await profiles.group(name, { limit: 1 })
    const url = urlOf(asked.place, encodeURIComponent(asked.place.identifier))
    // Each verb makes an object.
    return (await verbs[asked.place.resource](group, { ...asked, url })) as object
  }
}

function offsetIn(query: URLSearchParams): number {
  const said = query.get('next') ?? ''
  if (/^\d{0,9}$/.test(said)) return Number(said)
  throw profileApiFaults.bad_parameter({
    name: 'next',
    found: said,
    wants: 'what `cursor.next` of the page before said',
  })
}
