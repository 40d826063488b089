import type { IncomingHttpHeaders } from 'node:http'

/** Where a write key may stand. */
export interface KeyPlaces {
  readonly headers: IncomingHttpHeaders
  readonly query?: URLSearchParams | undefined
  /** What the body says, if it is an object. */
  readonly body?: unknown
}

// Longer than any key there can be; what is longer opens nothing anyway.
const mostCharacters = 200

/** All write keys that a request brings, in the order in which they are tried. */
export function writeKeysIn({ headers, query, body }: KeyPlaces): readonly string[] {
  const keys: string[] = []
  const { authorization } = headers
  const [basic, bearer] =
    authorization === undefined
      ? []
      : [afterScheme(authorization, 'basic'), afterScheme(authorization, 'bearer')]
  if (basic !== undefined) addKey(keys, decodeBasic(basic))
  addKey(keys, headers['x-write-key'])
  addKey(keys, body)
  addKey(keys, query?.get('writeKey'))
  addKey(keys, bearer)
  return keys
}

// Some clients send `key:password`; the part before the colon is the key.
function addKey(keys: string[], said: unknown): void {
  if (typeof said !== 'string') return
  const colon = said.indexOf(':')
  const key = (colon < 0 ? said : said.slice(0, colon)).trim().slice(0, mostCharacters)
  if (key !== '' && !keys.includes(key)) keys.push(key)
}

function afterScheme(authorization: string, scheme: string): string | undefined {
  const isIt =
    authorization.charAt(scheme.length) === ' ' &&
    authorization.slice(0, scheme.length).toLowerCase() === scheme
  return isIt ? authorization.slice(scheme.length + 1) : undefined
}

// Clients forget the colon, and some to encode at all: then it is taken as it stands.
function decodeBasic(encoded: string): string {
  const decoded = Buffer.from(encoded, 'base64').toString('latin1')
  return isPrintable(decoded) ? decoded : encoded
}

const isPrintable = (text: string) => /^[\x20-\x7e]+$/.test(text)
