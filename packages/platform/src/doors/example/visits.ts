import { products } from './products.ts'
import { between, chance, pick, pickCommon, type Random } from './random.ts'

/** Somebody who may sign in on the web site. */
export interface Shopper {
  readonly id: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
}

/** One thing that a visitor does, as an event says it. */
export interface Act {
  readonly type: 'page' | 'identify' | 'track'
  readonly name: string
  readonly anonymousId: string
  readonly userId?: string
  readonly properties: Readonly<Record<string, unknown>>
}

const site = 'https://www.larkspoke.example'
const pages = ['/', '/e-bikes', '/gravel', '/city', '/kids', '/parts', '/service', '/stores']
const shares = { signIn: 0.6, sameKind: 0.85, order: 0.35 }

// Whoever comes for a bicycle looks at one kind of them, mostly.
const wanted = ['electric', 'gravel', 'city', 'road', 'kids'] as const

/** Visits without end: pages, for some of them a sign-in, then products, and for some an order. One act at a time. */
export function* visits(shoppers: readonly Shopper[], random: Random): Generator<Act> {
  for (;;) {
    const anonymousId = `browser-${Math.floor(random() * 2 ** 48).toString(36)}`
    for (let i = between(random, 1, 3); i > 0; i--) {
      const url = site + pickCommon(random, pages)
      yield {
        type: 'page',
        name: 'Page Viewed',
        anonymousId,
        properties: { url, path: url.slice(site.length) },
      }
    }
    const isKnown = shoppers.length > 0 && chance(random, shares.signIn)
    if (!isKnown) {
      yield* shopping({ anonymousId }, random)
      continue
    }
    const { id, ...traits } = pick(random, shoppers)
    const who = { anonymousId, userId: id }
    yield { type: 'identify', name: 'Signed In', ...who, properties: traits }
    yield* shopping(who, random)
  }
}

type Who = Pick<Act, 'anonymousId' | 'userId'>

function* shopping(who: Who, random: Random): Generator<Act> {
  const kind = pick(random, wanted)
  const ofKind = products.filter(({ category }) => category === kind)
  const looked = Array.from({ length: between(random, 1, 5) }, () =>
    chance(random, shares.sameKind) ? pick(random, ofKind) : pickCommon(random, products),
  )
  for (const { sku, category } of looked) {
    const properties = { product_id: sku, category, url: `${site}/${category}/${sku}` }
    yield { type: 'track', name: 'Product Viewed', ...who, properties }
  }
  if (who.userId === undefined || !chance(random, shares.order)) return
  const lines = looked.map(({ sku, price }) => ({
    product_id: sku,
    price: price / 100,
    quantity: 1,
  }))
  const properties = {
    order_id: `W${Math.floor(random() * 1e9)}`,
    total: looked.reduce((cents, { price }) => cents + price, 0) / 100,
    currency: 'EUR',
    products: lines,
  }
  yield { type: 'track', name: 'Order Completed', ...who, properties }
}
