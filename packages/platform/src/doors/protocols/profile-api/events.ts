import type { SentMessage, SentPage, SentPlace } from '#profiles'
import { profileApiFaults } from './faults.ts'
import { type Cursor, limitIn, listIn } from './paging.ts'

/** Which events a question is about; one more than are shown, to know whether there are more. */
export function eventsAsked(query: URLSearchParams): SentPage {
  const [start, end] = [instantIn(query, 'start'), instantIn(query, 'end')]
  return {
    sort: sortIn(query),
    limit: limitIn(query) + 1,
    after: placeIn(query),
    ...{ start, end, include: listIn(query, 'include'), exclude: listIn(query, 'exclude') },
  }
}

function sortIn(query: URLSearchParams): 'asc' | 'desc' {
  const said = query.get('sort') ?? ''
  if (said === '' || said === 'desc') return 'desc'
  if (said === 'asc') return 'asc'
  throw profileApiFaults.bad_parameter({ name: 'sort', found: said, wants: '`asc` or `desc`' })
}

function instantIn(query: URLSearchParams, name: string): Date | undefined {
  const said = query.get(name)
  if (said === null || said === '') return undefined
  const ms = Date.parse(said)
  if (!Number.isNaN(ms)) return new Date(ms)
  throw profileApiFaults.bad_parameter({ name, found: said, wants: 'a date of ISO 8601' })
}

function placeIn(query: URLSearchParams): SentPlace | undefined {
  const said = query.get('next')
  if (said === null || said === '') return undefined
  const [, ms, position] =
    /^(-?\d{1,16})::(\d{1,16})$/.exec(Buffer.from(said, 'base64url').toString('latin1')) ?? []
  if (ms !== undefined && position !== undefined)
    return { ms: Number(ms), position: Number(position) }
  throw profileApiFaults.bad_parameter({
    name: 'next',
    found: said,
    wants: 'what `cursor.next` of the page before said',
  })
}

const nextOf = ({ ms, position }: SentPlace): string =>
  Buffer.from(`${ms}::${position}`).toString('base64url')

/** The answer about events. */
export function eventsAnswer(
  sent: readonly SentMessage[],
  of: {
    readonly query: URLSearchParams
    readonly url: string
    readonly related: Readonly<Record<string, string>>
  },
) {
  const limit = limitIn(of.query)
  const page = sent.slice(0, limit)
  const last = page.at(-1)
  const hasMore = sent.length > limit
  const cursor: Cursor = {
    url: of.url,
    has_more: hasMore,
    next: hasMore && last ? nextOf(last) : '',
    limit,
  }
  return { data: page.map((one) => eventOf(one, of.related)), cursor }
}

function eventOf(
  { message, source, ms }: SentMessage,
  related: Readonly<Record<string, string>>,
): object {
  const { type, messageId, context, properties, traits, event, name } = message
  return {
    external_ids: idsIn(message),
    context: context ?? {},
    type,
    message_id: messageId,
    source_id: source,
    timestamp: new Date(ms).toISOString(),
    properties: properties ?? {},
    ...(isFilled(traits) ? { traits } : {}),
    ...(event === undefined ? {} : { event }),
    ...(name === undefined ? {} : { name }),
    related,
  }
}

const isFilled = (traits: unknown): boolean =>
  typeof traits === 'object' && traits !== null && Object.keys(traits).length > 0

function idsIn({ userId, anonymousId, groupId }: SentMessage['message']): readonly object[] {
  const told = [
    ['users', 'user_id', userId],
    ['users', 'anonymous_id', anonymousId],
    ['accounts', 'group_id', groupId],
  ] as const
  return told.flatMap(([collection, type, id]) =>
    typeof id === 'string' && id !== '' ? [{ collection, type, id, encoding: 'none' }] : [],
  )
}
