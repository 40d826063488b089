import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** The same question as somebody asks it who has loaded the files into a database of their own. */
export interface ByHand {
  /** How many people are meant, with the insight computed before as the product does. */
  readonly count: (now: Date) => Promise<number>
  /** The same over tables that were made for it: people with their country and since when they are there, orders with their person. */
  readonly countPrepared: (now: Date) => Promise<number>
  readonly close: () => void
}

/** Loads the files into plain tables. */
export async function loadByHand(database: string, files: string): Promise<ByHand> {
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  for (const name of ['customers', 'orders', 'people'])
    await connection.run(
      `create table ${name} as from read_csv('${join(files, name)}.csv', header = true)`,
    )
  for (const [name, query] of Object.entries(prepared))
    await connection.run(`create table ${name} as ${query}`)
  return {
    count: (now) => ask(connection, whom(personsByHand, ordersByHand), now),
    countPrepared: (now) => ask(connection, whom('persons', 'orders_of_persons'), now),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

const ordersByHand = 'orders join people using (customer_id)'
const personsByHand = `(
  select person_id, any_value(country) as country, any_value(created_at) as created_at
  from customers join people using (customer_id) group by person_id
)`

const prepared = {
  lifetime: `select person_id, sum(amount) as total, count(*) as orders from ${ordersByHand} group by person_id`,
  persons: `from ${personsByHand}`,
  orders_of_persons: `from ${ordersByHand}`,
}

const whom = (persons: string, orders: string) => `
with lately as (
  select person_id, sum(amount) as total
  from ${orders}
  where ordered_at between cast($1 as timestamp) - interval 365 day and cast($1 as timestamp)
  group by person_id
)
select count(*) as n
from ${persons} person
join lately using (person_id)
join lifetime using (person_id)
where person.country in ('DE', 'AT', 'CH') and person.created_at < timestamp '2024-07-01'
  and lately.total >= 1500 and lifetime.orders >= 8`

async function ask(connection: DuckDBConnection, text: string, now: Date): Promise<number> {
  const answer = await connection.runAndReadAll(text, [now.toISOString().slice(0, 23)])
  return Number(answer.getRowsJS()[0]?.[0])
}
