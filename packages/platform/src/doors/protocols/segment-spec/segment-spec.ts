import type { Front } from '#kernel/front.ts'
import {
  type Answer,
  baseOf,
  type Endpoint,
  type Exchange,
  gone,
  jsonAnswer,
  makeFront,
  makeJsonReader,
  makeTaking,
  type Taken,
  type WireTools,
  writeKeysIn,
} from '#wire'
import { asPixel, messageInPixel, pixel } from './pixel.ts'
import { type Route, routeOf } from './routes.ts'
import { type Script, scriptAnswer, settingsAnswer, sourceConfigAnswer } from './set-up.ts'

/** What this wire needs beside what every wire needs. */
export interface SegmentSpecTools extends WireTools {
  /** The script of HTML snippets, or where it can be had; without it, pages that ask for one are told what to do. */
  readonly script?: Script | undefined
}

// The larger of what the servers that speak this wire allow, so that no client is turned away.
const mostBytes = 4_000 * 1024
const mostOpenBytes = 128 * 1024 * 1024
const mostRatio = 200
const mostMessageBytes = 32 * 1024

/** The front for clients that speak the wire of Segment's specification, and for those that speak it with an accent. */
export function makeSegmentSpecFront(tools: SegmentSpecTools): Front {
  const makers = endpointMakers(tools)
  const endpoints = new Map<Route, Endpoint>()

  const endpointOf = (route: Route): Endpoint => {
    const known = endpoints.get(route)
    if (known) return known
    const made = makers(route)
    // Routes with a key in them are new each time.
    if (!('writeKey' in route)) endpoints.set(route, made)
    return made
  }
  return makeFront((path) => {
    const route = routeOf(path)
    return route && endpointOf(route)
  }, tools)
}

function endpointMakers(tools: SegmentSpecTools): (route: Route) => Endpoint {
  const readJson = makeJsonReader({ mostBytes, mostOpenBytes, mostRatio }, { areMessages: true })
  const take = makeTaking(tools, { wire: 'segment', mostMessageBytes })
  const { clock, proxies = 0, script } = tools

  // Not async: what was sent is let go while its text goes to the disk.
  const takeMessages = ({ request, query }: Exchange, type: string | undefined) =>
    readJson(request).then((received): Promise<Answer | typeof gone> => {
      if (received === gone) return Promise.resolve(gone)
      return take({ request, received, query, type }).then(answerOf)
    })
  const takePixel = async (exchange: Exchange, route: Route & { kind: 'pixel' }) => {
    const { request, query = new URLSearchParams() } = exchange
    const { type } = route
    await take({ request, received: receivedFrom(exchange, route, query), query, type })
    return pixel
  }

  return (route) => {
    switch (route.kind) {
      case 'messages':
        return { method: 'POST', answer: (exchange) => takeMessages(exchange, route.type) }
      case 'pixel':
        return { method: 'GET', shape: asPixel, answer: (exchange) => takePixel(exchange, route) }
      case 'settings':
        return get(({ request }) => settingsAnswer(route.writeKey, baseOf(request, proxies)))
      case 'script':
        return get(() => scriptAnswer(script))
      case 'source config':
        return get(({ request, query }) => {
          const [key = ''] = writeKeysIn({ headers: request.headers, query })
          return sourceConfigAnswer(key, clock.now())
        })
      case 'measurements':
        return { method: 'POST', answer: () => success }
    }
  }
}

const get = (answer: (exchange: Exchange) => Answer): Endpoint => ({ method: 'GET', answer })

/** What a pixel carries, as if it had come in a body. */
function receivedFrom(
  { request }: Exchange,
  { form }: Route & { kind: 'pixel' },
  query: URLSearchParams,
) {
  const message = messageInPixel(form, query)
  const writeKey = keyIn(message)
  const context = { userAgent: request.headers['user-agent'] }
  return {
    value: { batch: [message], writeKey, context },
    sizeBytes: request.url?.length ?? 0,
    isGarbled: false,
    isShallow: false,
  }
}

const keyIn = (message: unknown): unknown =>
  typeof message === 'object' && message !== null && 'writeKey' in message
    ? message.writeKey
    : undefined

const success = jsonAnswer(200, { success: true })

/** Clients want to know that it is kept; whoever looks sees what became of each message. */
function answerOf({ isBatch, results }: Taken): Answer {
  const [only] = results
  const isPlain = !isBatch && only?.reason === undefined
  return isPlain ? success : jsonAnswer(200, { success: true, results })
}
