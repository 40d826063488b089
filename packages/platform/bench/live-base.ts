import { existsSync } from 'node:fs'
import { cp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  as,
  column,
  type Engine,
  keyOf,
  join as listed,
  openDuckdb,
  type Part,
  sql,
  value,
} from '#engine'
import { columnsOf, linkColumn, modelOf, modelTable, shapeModelTable } from '#model'

/** How many there are of everything. */
export interface BaseSize {
  readonly people: number
  readonly orders: number
  readonly events: number
}

/** The sizes that are measured. */
export const baseSizes = {
  short: { people: 20_000, orders: 200_000, events: 400_000 },
  middle: { people: 100_000, orders: 1_000_000, events: 2_000_000 },
  whole: { people: 1_000_000, orders: 10_000_000, events: 20_000_000 },
} as const satisfies Record<string, BaseSize>

/** Where data is made, and where it is kept to be used again. */
export interface BasePlace {
  readonly data: string
  readonly kept: string | undefined
  readonly say: (line: string) => void
}

/** Where something of a size is kept. */
export const keptAt = (kept: string, { people }: BaseSize, name: string): string =>
  join(kept, `live-${people}-${name}`)

/** Puts the data into a folder, as it was kept; made, where it was not. */
export async function takeBase({ data, kept, say }: BasePlace, size: BaseSize): Promise<void> {
  const base = kept === undefined ? undefined : keptAt(kept, size, 'base')
  if (base !== undefined && existsSync(base)) await cp(base, data, { recursive: true })
  else {
    await putBase(data, size)
    // Under its name only once it is whole.
    if (base !== undefined) {
      await cp(data, `${base}.part`, { recursive: true })
      await rename(`${base}.part`, base)
    }
  }
  say(`${size.people} people, ${size.orders} orders, ${size.events} events are there`)
}

const model = modelOf([])
const source = 'site'

interface Made {
  readonly object: string
  readonly count: number
  /** Fields by their SQL over `i`, the number of the row, and `p`, the number of the person. */
  readonly fields: Readonly<Record<string, Part>>
}

// Days back from now, spread over a year: the same ones in every run.
const ago = (days: number): Part =>
  sql`cast(now() as timestamp) - to_seconds(cast(hash(i, 'time') % ${value(days * 86_400)} as bigint))`

const one = (words: readonly string[], salt: string): Part =>
  sql`[${listed(words.map((word) => value(word)))}][cast(1 + hash(i, ${value(salt)}) % ${value(words.length)} as bigint)]`

/** Puts people, orders and events into the model, made in SQL, as if the sender `site` had brought them. */
async function putBase(folder: string, size: BaseSize): Promise<void> {
  const engine = await openDuckdb({ folder })
  let position = 0
  for (const made of basesOf(size)) {
    await put(engine, made, position)
    position += made.count
  }
  await engine.change('positions', (writer) => writer.positions(position))
  await engine.close()
}

const basesOf = ({ people, orders, events }: BaseSize): readonly Made[] => [
  {
    object: 'individual',
    count: people,
    fields: {
      first_name: sql`'First' || (hash(i) % 5000)`,
      country: one(['France', 'Germany', 'Spain', 'Italy', 'Poland', 'Austria'], 'country'),
      yearly_income: sql`hash(i, 'income') % 90000`,
      created_at: ago(700),
    },
  },
  {
    object: 'contact_point_email',
    count: people,
    fields: { individual_id: person(people), email_address: sql`'p' || i || '@mail.example'` },
  },
  {
    object: 'sales_order',
    count: orders,
    fields: {
      individual_id: person(people),
      purchased_at: ago(365),
      grand_total_amount: sql`10 + hash(i, 'amount') % 400`,
      channel: one(['web', 'store', 'app'], 'channel'),
    },
  },
  {
    object: 'website_engagement',
    count: events,
    fields: {
      individual_id: person(people),
      engaged_at: ago(365),
      action: one(['Page Viewed', 'Product Viewed', 'Product Added', 'Searched'], 'action'),
      channel: sql`'web'`,
    },
  },
]

const person = (people: number): Part => sql`'u' || (i % ${value(people)})`

async function put(engine: Engine, { object, count, fields }: Made, after: number): Promise<void> {
  const of = model.get(object)
  const types = new Map(columnsOf(of))
  const id = object === 'individual' ? sql`'u' || i` : sql`${value(`${object}_`)} || i`
  const key = (readable: Part) => keyOf(['default', source], readable)
  const links = Object.entries(fields).filter(([name]) => of.fields[name]?.links_to)
  const cells: readonly (readonly [string, Part])[] = [
    ['_stream', value('base')],
    ['_source', value(source)],
    ['_space', value('default')],
    ['_position', sql`${value(after + 1)} + i`],
    ['_key', key(id)],
    ['id', id],
    ...Object.entries(fields),
    ...links.map(([name, cell]) => [linkColumn(name), key(cell)] as const),
  ]
  if (cells.some(([name]) => !types.has(name))) throw new Error(`${object} lacks a column`)
  await engine.change(`base of ${object}`, async (writer) => {
    await shapeModelTable(writer, of, [])
    await writer.run(sql`insert into ${modelTable(object)} (${listed(cells.map(([name]) => column(name)))})
      select ${listed(cells.map(([name, cell]) => as(cell, column(name))))} from range(${value(count)}) r(i)`)
  })
}
