import { type Answer, makeAnswer, parseJson } from '#wire'

const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const type = 'image/gif'
const unkept = ['Cache-Control', 'no-store, private', 'Pragma', 'no-cache']

/** One transparent dot. */
export const pixel = makeAnswer(200, picture, { type, headers: unkept })

/**
 * A failure as a page or a mail shows it: the dot, whatever was wrong with the request. Only what may pass later keeps its status: a 200
 * would say that it is kept.
 */
export const asPixel = ({ status, headers }: Answer): Answer => {
  if (status < 429) return pixel
  const at = headers.indexOf('Retry-After')
  const again = at < 0 ? [] : headers.slice(at, at + 2)
  return makeAnswer(status, picture, { type, headers: [...unkept, ...again] })
}

/** The message that the address of a pixel carries. What cannot be read is given on as it is, to be kept as refused. */
export const messageInPixel = (form: 'data' | 'query', query: URLSearchParams): unknown =>
  form === 'data' ? readData(query.get('data') ?? '') : readQuery(query)

// JSON as it is, or as URL-safe base64.
function readData(data: string): unknown {
  const text = data.trimStart().startsWith('{')
    ? data
    : Buffer.from(data, 'base64url').toString('utf8')
  return readOr(text, data)
}

function readOr(text: string, otherwise: unknown): unknown {
  try {
    return parseJson(text)
  } catch {
    return otherwise
  }
}

type Members = Map<string, unknown>

/** `context.page.url=…&properties={…}`: dots lead inwards, what looks like JSON is JSON. */
function readQuery(query: URLSearchParams): unknown {
  const whole: Members = new Map()
  for (const [name, text] of query) {
    if (name !== 'writeKey') put(whole, name.split('.').slice(0, 8), readValue(text))
  }
  return asObject(whole)
}

const readValue = (text: string): unknown => (/^[[{]/.test(text) ? readOr(text, text) : text)

function put(into: Members, [name = '', ...inner]: readonly string[], value: unknown): void {
  if (inner.length === 0) {
    into.set(name, value)
    return
  }
  const there = into.get(name)
  const members: Members = there instanceof Map ? there : new Map()
  into.set(name, members)
  put(members, inner, value)
}

const asObject = (members: Members): unknown =>
  Object.fromEntries(
    [...members].map(([name, value]) => [name, value instanceof Map ? asObject(value) : value]),
  )
