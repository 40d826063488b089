import { firstKey, type Identifier } from '#profiles'
import { listIn, pageOf } from './paging.ts'

/** An identifier as this wire says it. */
export const externalId = (
  { kind, id, source, at }: Identifier,
  collection: 'users' | 'accounts',
) => ({
  source_id: source,
  collection,
  id,
  type: kind,
  created_at: at ?? null,
  encoding: 'none',
})

/** The id of an account. */
export const groupId = ({ id, source, at }: Omit<Identifier, 'kind'>) =>
  externalId({ kind: 'group_id', id, source, at }, 'accounts')

// Stands in an address, so without what would have to be written otherwise there.
const keyOf = ({ kind, id, source }: Identifier) =>
  Buffer.from(JSON.stringify([kind, id, source])).toString('hex')

/** The answer about identifiers. */
export function externalIdsAnswer(
  identifiers: readonly Identifier[],
  collection: 'users' | 'accounts',
  of: {
    readonly query: URLSearchParams
    readonly url: string
    readonly first: ReadonlyMap<string, string>
  },
) {
  const include = listIn(of.query, 'include')
  const asked = identifiers.filter(({ kind }) => include?.includes(kind) ?? true)
  const { page, cursor } = pageOf(asked, keyOf, of)
  const data = page.map((one) => ({
    ...externalId(one, collection),
    first_message_id: of.first.get(firstKey(one.source, one.id)) ?? null,
  }))
  return { data, cursor }
}
