import { type Copy, lastChange } from '../copy.ts'
import { eightDigits, newIdentifiers } from '../identifiers.ts'
import { dayMs, writeDate, writeInstant, writeSpaced } from '../instants.ts'
import { drawOrders, type Order } from '../order-history.ts'
import type { Person } from '../person.ts'
import { products, writeMoney } from '../products.ts'
import { chance, pickWeighted, type Random } from '../random.ts'
import { csvRow, type OpenFile } from '../row-file.ts'
import type { World } from '../world.ts'

const columns = [
  'customer_id',
  'email',
  'first_name',
  'last_name',
  'phone',
  'street',
  'postcode',
  'city',
  'country',
  'newsletter',
  'created_at',
  'updated_at',
]
const shape = { format: 'csv', delimiter: ';', encoding: 'utf-8' } as const

// Left over from a migration: two accounts whose creation nobody dated.
const badCustomers = [
  '900000001;test.one@example.com;Test;One;;;;;DE;false;0000-00-00 00:00:00;2020-13-45 10:00:00',
  '900000002;test.two@example.com;Test;Two;;;;;DE;false;not migrated;not migrated',
]

/** The web shop: customers, what it sells, and what they bought. */
export function openShop(open: OpenFile, world: World) {
  const content = { columns, badRows: badCustomers }
  const file = open({ ...shape, path: 'shop/customers.csv' }, content)
  writeProducts(open, world)
  const addOrder = openOrders(open, world)
  const newId = newIdentifiers(57_721_567)
  return (person: Person, copy: Copy): string => {
    const id = `1${eightDigits(newId())}`
    const orders = drawOrders(copy.isAtWork ? 'dealer' : 'consumer', world.random)
    for (const order of orders) addOrder(id, order, person, copy)
    file.add(writeCustomer(id, { person, copy, orders }, world))
    return id
  }
}

interface Customer {
  readonly person: Person
  readonly copy: Copy
  readonly orders: readonly Order[]
}

function writeCustomer(id: string, { person, copy, orders }: Customer, world: World): string {
  const { random, asOf } = world
  const updatedAt = lastChange(copy, world)
  const firstAt = asOf - (orders.at(-1)?.ageMs ?? 0)
  const createdAt = Math.min(updatedAt, firstAt) - Math.floor(30 * random() ** 3 * dayMs)
  const cells = [
    id,
    copy.email,
    copy.given,
    copy.family,
    copy.phone,
    copy.street,
    copy.postcode,
    copy.city,
    person.country.code,
    String(chance(random, 0.45)),
    writeSpaced(createdAt),
    writeSpaced(updatedAt),
  ]
  return csvRow(cells, ';')
}

const productColumns = ['sku', 'name', 'category', 'list_price', 'launched_on', 'active']

function writeProducts(open: OpenFile, { asOf }: World): void {
  const file = open({ ...shape, path: 'shop/products.csv' }, { columns: productColumns })
  for (const { sku, name, category, price, launchedDaysAgo, isActive } of products) {
    const launchedOn = writeDate(asOf - launchedDaysAgo * dayMs)
    file.add(csvRow([sku, name, category, writeMoney(price), launchedOn, String(isActive)], ';'))
  }
}

const lineColumns = ['order_id', 'line', 'sku', 'quantity', 'unit_price', 'line_total']

function openOrders(open: OpenFile, { random, asOf }: World) {
  const file = open({
    path: 'shop/orders.ndjson.gz',
    format: 'ndjson',
    delimiter: null,
    encoding: 'utf-8',
  })
  const lines = open(
    { path: 'shop/order-lines.csv.gz', format: 'csv', delimiter: ',', encoding: 'utf-8' },
    { columns: lineColumns },
  )
  const newId = newIdentifiers(69_314_719)
  return (customerId: string, order: Order, person: Person, copy: Copy): void => {
    const id = `O-${eightDigits(newId())}`
    const written = {
      order_id: id,
      customer_id: customerId,
      ordered_at: writeInstant(asOf - order.ageMs),
      status: statusOf(order, random),
      channel: copy.isAtWork ? 'dealer' : channels[pickWeighted(random, channelWeights)],
      currency: person.country.currency,
      total: moneyOf(order.total),
    }
    file.add(JSON.stringify(written))
    order.lines.forEach(({ product, quantity, unitPrice, total }, i) => {
      const money = `${writeMoney(unitPrice)},${writeMoney(total)}`
      lines.add(`${id},${i + 1},${product.sku},${quantity},${money}`)
    })
  }
}

const channels = ['web', 'app', 'store']
const channelWeights = [62, 24, 14]
const laterStatuses = ['completed', 'returned', 'cancelled']
const laterWeights = [90, 6, 4]

function statusOf({ ageMs }: Order, random: Random): string {
  if (ageMs < 2 * dayMs) return 'processing'
  if (ageMs < 6 * dayMs) return 'shipped'
  return laterStatuses[pickWeighted(random, laterWeights)] ?? 'completed'
}

// Divided only once, and last: a number of so few digits prints with two places at most.
const moneyOf = (cents: number): number => cents / 100
