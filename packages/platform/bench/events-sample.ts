/** Where the parts stand that differ from request to request. */
const idMark = '########-####-####-####-############'
const personMark = '$$$$$$$$$'

/** A request, with the places that are written over before each sending. */
export interface Template {
  readonly bytes: Buffer
  readonly ids: readonly number[]
  readonly persons: readonly number[]
}

/** The length of a message id and of a person's number. */
export const [idLength, personLength] = [idMark.length, personMark.length]

const names = [
  ...['Product Viewed', 'Product List Viewed', 'Products Searched', 'Product Clicked'],
  ...['Product Added', 'Product Removed', 'Cart Viewed', 'Checkout Started'],
  ...['Checkout Step Viewed', 'Checkout Step Completed', 'Payment Info Entered', 'Coupon Entered'],
  ...['Coupon Applied', 'Promotion Viewed', 'Promotion Clicked', 'Product Added to Wishlist'],
  ...['Wishlist Product Added to Cart', 'Product Shared', 'Cart Shared', 'Product Reviewed'],
]

/** How many kinds of events there are. */
const kinds = names.length

/** One event of an online shop: about forty members, about 800 bytes; the ids of the message and of the person are marks. */
function eventOf(kind: number, isKnown: boolean): object {
  const price = 5 + ((kind * 7919) % 9000) / 100
  const now = new Date().toISOString()
  return {
    type: 'track',
    messageId: idMark,
    event: names[kind],
    anonymousId: `a-${personMark}`,
    ...(isKnown ? { userId: `u${personMark}` } : {}),
    timestamp: now,
    sentAt: now,
    properties: {
      product_id: `p${1000 + kind}`,
      sku: `G-${kind}`,
      category: 'Games',
      name: 'Go',
      brand: 'Hasbro',
      price,
      quantity: 1 + (kind % 3),
      position: kind,
      value: price,
      currency: 'EUR',
      coupon: 'MAY',
      list: 'hot',
      query: 'go',
      new: kind % 2 === 0,
    },
    context: {
      ip: '192.0.2.7',
      locale: 'en-US',
      timezone: 'UTC',
      userAgent: 'Firefox/140.0',
      sessionId: `s${personMark}`,
      library: { name: 'web', version: '2.11' },
      page: { path: '/g', title: 'Games', url: 'https://x.io/g', search: '?q=go' },
      screen: { width: 1440, height: 900, density: 2 },
      campaign: { name: 'may', source: 'mail', medium: 'email' },
      os: { name: 'Linux', version: '6' },
    },
  }
}

/** Requests with so many events each, one for each kind of event. */
export function templatesOf(of: {
  readonly path: string
  readonly host: string
  readonly headers: readonly string[]
  readonly eventsPerRequest: number
  readonly isKnown: boolean
}): readonly Template[] {
  const { path, host, headers, eventsPerRequest, isKnown } = of
  return names.map((_, kind) => {
    const events = Array.from({ length: eventsPerRequest }, (_, n) =>
      eventOf((kind + n) % kinds, isKnown),
    )
    const body = JSON.stringify(eventsPerRequest === 1 ? events[0] : { batch: events })
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Content-Type: application/json',
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
    return { bytes, ids: placesOf(bytes, idMark), persons: placesOf(bytes, personMark) }
  })
}

function placesOf(bytes: Buffer, mark: string): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) places.push(at)
  return places
}
