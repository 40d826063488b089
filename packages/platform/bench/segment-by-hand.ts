import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** The same question as somebody asks it who has loaded the files into a database of their own. */
export interface ByHand {
  /** How many people are meant, with the insight made before as the product does. */
  readonly count: (now: Date) => Promise<number>
  /** The same with everything computed from the orders. */
  readonly countWhole: (now: Date) => Promise<number>
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
  await connection.run(`create table lifetime as ${lifetime}`)
  return {
    count: (now) => ask(connection, whom('lifetime'), now),
    countWhole: (now) => ask(connection, whom(`(${lifetime})`), now),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

const lifetime = `
  select person_id, sum(amount) as total, count(*) as orders
  from orders join people using (customer_id) group by person_id`

const whom = (lifetimes: string) => `
with lately as (
  select person_id, sum(amount) as total
  from orders join people using (customer_id)
  where ordered_at between cast($1 as timestamp) - interval 365 day and cast($1 as timestamp)
  group by person_id
)
select count(*) as n
from (
  select person_id from customers join people using (customer_id)
  where country in ('DE', 'AT', 'CH') group by person_id
) person
join lately using (person_id)
join ${lifetimes} lifetime using (person_id)
where lately.total >= 1500 and lifetime.orders >= 8`

async function ask(connection: DuckDBConnection, text: string, now: Date): Promise<number> {
  const answer = await connection.runAndReadAll(text, [now.toISOString().slice(0, 23)])
  return Number(answer.getRowsJS()[0]?.[0])
}
