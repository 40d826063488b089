import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeCsv } from './csv.ts'

/** How much there is in a shop. */
export interface ShopSize {
  readonly people: number
  readonly customers: number
  readonly orders: number
}

const countries = ['DE', 'AT', 'CH', 'FR', 'IT', 'ES', 'NL', 'BE', 'PL', 'SE']
const dayMs = 86_400_000

/** Writes customers, their orders and, for whoever has no identity resolution, which customers are the same person. */
export async function writeShop(folder: string, size: ShopSize, now: Date): Promise<void> {
  await mkdir(folder)
  const { people, customers, orders } = size
  // Those beyond the number of people are people that are there already, under another number.
  const personOf = (customer: number) =>
    customer < people ? customer : (customer - people) * Math.floor(people / (customers - people))
  await writeCsv(join(folder, 'customers.csv'), {
    header: 'customer_id,first_name,last_name,email,country,created_at',
    rows: customers,
    line: (customer) => {
      const person = personOf(customer)
      const email = `${customer === person ? 'person' : 'Person'}${person}@mail${person % 50}.example`
      const country = countries[(person * 7919) % countries.length]
      return `C${id(customer)},Name${person % 5000},Surname${person % 20_011},${email},${country},2024-0${1 + (person % 9)}-15 10:00:00`
    },
  })
  await writeCsv(join(folder, 'people.csv'), {
    header: 'customer_id,person_id',
    rows: customers,
    line: (customer) => `C${id(customer)},P${id(personOf(customer))}`,
  })
  await writeCsv(join(folder, 'orders.csv'), {
    header: 'order_id,customer_id,ordered_at,channel,amount',
    rows: orders,
    line: (order, random) => {
      // Twelve hours away from any border between days.
      const at = new Date(now.getTime() - (random(1095) + 0.5) * dayMs)
      const ordered = at.toISOString().slice(0, 19).replace('T', ' ')
      const channel = random(3) === 0 ? 'store' : 'web'
      return `O${id(order)},C${id(random(customers))},${ordered},${channel},${(random(100_000) / 100).toFixed(2)}`
    },
  })
}

const id = (n: number) => String(n).padStart(8, '0')
