import { dayMs } from './instants.ts'
import { type Product, products } from './products.ts'
import { between, chance, normal, pickCommon, pickWeighted, type Random } from './random.ts'

/** One order of a customer; money is in cents. */
export interface Order {
  readonly ageMs: number
  readonly lines: readonly Line[]
  readonly total: number
}

/** One product in an order. */
interface Line {
  readonly product: Product
  readonly quantity: number
  readonly unitPrice: number
  readonly total: number
}

// When a customer bought last, in days ago: lately, this season, this year, or lapsed.
const lastOrder = [
  { weight: 16, from: 0, to: 30 },
  { weight: 20, from: 30, to: 90 },
  { weight: 29, from: 90, to: 365 },
  { weight: 35, from: 365, to: 1500 },
]
const lastOrderWeights = lastOrder.map(({ weight }) => weight)
const shareWithoutOrder = 0.08
const mostOrders = 80
// Far steeper than for names: nobody buys bicycles as often as inner tubes.
const bestSellers = 3
const linesPerOrder = [52, 27, 13, 5, 3]
const dealerDiscount = 0.7
const saleDiscounts = [0.9, 0.8]

/** Everything one customer has ordered, the latest first: most buy once, a few again and again. */
export function drawOrders(who: 'consumer' | 'dealer', random: Random): readonly Order[] {
  const count = drawCount(who, random)
  const recency = lastOrder[pickWeighted(random, lastOrderWeights)]
  if (!recency || count === 0) return []
  let ageMs = Math.floor((recency.from + (recency.to - recency.from) * random()) * dayMs)
  const gapInDays = 12 + (who === 'dealer' ? 40 : 160) * random()
  const orders: Order[] = []
  for (let i = 0; i < count; i++) {
    orders.push(drawOrder(ageMs, who, random))
    ageMs += Math.floor(gapInDays * (0.3 + 1.4 * random()) * dayMs)
  }
  return orders
}

function drawCount(who: 'consumer' | 'dealer', random: Random): number {
  if (chance(random, shareWithoutOrder)) return 0
  const [middle, spread] = who === 'dealer' ? [2.2, 0.7] : [0.75, 1.1]
  return Math.min(mostOrders, Math.max(1, Math.floor(Math.exp(middle + spread * normal(random)))))
}

function drawOrder(ageMs: number, who: 'consumer' | 'dealer', random: Random): Order {
  const count = 1 + pickWeighted(random, linesPerOrder)
  const lines: Line[] = []
  let total = 0
  for (let i = 0; i < count; i++) {
    const line = drawLine(who, random)
    lines.push(line)
    total += line.total
  }
  return { ageMs, lines, total }
}

function drawLine(who: 'consumer' | 'dealer', random: Random): Line {
  const product = pickCommon(random, products, bestSellers)
  const quantity = who === 'dealer' ? between(random, 2, 20) : drawQuantity(random)
  const unitPrice = Math.round(product.price * drawDiscount(who, random))
  return { product, quantity, unitPrice, total: quantity * unitPrice }
}

const drawQuantity = (random: Random): number => (chance(random, 0.85) ? 1 : between(random, 2, 4))

function drawDiscount(who: 'consumer' | 'dealer', random: Random): number {
  if (who === 'dealer') return dealerDiscount
  return chance(random, 0.75) ? 1 : pickCommon(random, saleDiscounts)
}
