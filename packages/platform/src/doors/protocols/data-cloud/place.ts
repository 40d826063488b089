/** What an address of the wire names. */
export type Place = DataPlace | TokenPlace

/** An address for data. */
export type DataPlace = RecordsPlace | { readonly kind: 'jobs' } | JobPlace

/** An address for records of an object. */
export interface RecordsPlace {
  readonly kind: 'records' | 'test'
  readonly source: string
  readonly object: string
}

/** An address of one bulk job. */
export interface JobPlace {
  readonly kind: 'job' | 'batches'
  readonly id: string
}

/** An address for tokens. */
export interface TokenPlace {
  readonly kind: 'token' | 'exchange' | 'revoke'
}

/** Whether an address is for tokens. */
export const isTokenPlace = (place: Place): place is TokenPlace =>
  place.kind === 'token' || place.kind === 'exchange' || place.kind === 'revoke'

/** Reads a path; nothing when it is not of this wire. */
export function placeOf(path: string): Place | undefined {
  const plain = path.endsWith('/') ? path.slice(0, -1) : path
  const place = tokenPlaces.get(plain)
  if (place || !plain.startsWith(ingest)) return place
  const parts = decoded(plain.slice(ingest.length).split('/'))
  if (parts === undefined || parts.includes('')) return undefined
  const [first, ...rest] = parts
  if (first === 'sources') return recordsPlace(rest)
  return first === 'jobs' ? jobPlace(rest) : undefined
}

const ingest = '/api/v1/ingest/'

const tokenPlaces: ReadonlyMap<string, TokenPlace> = new Map([
  ['/services/oauth2/token', { kind: 'token' }],
  ['/services/oauth2/revoke', { kind: 'revoke' }],
  ['/services/a360/token', { kind: 'exchange' }],
] as const)

function recordsPlace([source, object, ...action]: readonly string[]): Place | undefined {
  if (source === undefined || object === undefined) return undefined
  if (action.length === 0) return { kind: 'records', source, object }
  return action.join('/') === 'actions/test' ? { kind: 'test', source, object } : undefined
}

function jobPlace([id, ...rest]: readonly string[]): Place | undefined {
  if (id === undefined) return { kind: 'jobs' }
  if (rest.length === 0) return { kind: 'job', id }
  return rest.join('/') === 'batches' ? { kind: 'batches', id } : undefined
}

function decoded(parts: readonly string[]): readonly string[] | undefined {
  try {
    return parts.map(decodeURIComponent)
  } catch {
    return undefined
  }
}
