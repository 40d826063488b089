import { type Engine, sql, table, value } from '#engine'
import { historyTable, memberTable, prepareSegments } from '#segments'
import { prepareActivation } from '../tables.ts'

const individual = table('unified', 'individual')
const email = table('model', 'contact_point_email')
const order = table('model', 'sales_order')
const insight = table('insight', 'lifetime_value')

/** Profile ids lie above 2^53, as real ones do. */
export const profileId = (n: number): bigint => 2n ** 60n + BigInt(n)

/** Makes the tables of the rooms before this one, where they are not there yet. */
export async function makeTables(engine: Engine): Promise<void> {
  await prepareSegments(engine)
  await prepareActivation(engine)
  await engine.change('a small world', async ({ run }) => {
    await run(sql`create table if not exists ${individual}
      (profile bigint, first_name varchar, birth_date date, yearly_income decimal(18,4))`)
    await run(sql`create table if not exists ${email} (_source varchar, _position bigint,
      _key bigint, _profile bigint, email_address varchar, is_primary boolean,
      usage_type varchar, opted_in boolean)`)
    await run(sql`create table if not exists ${order} (_source varchar, _position bigint, _key bigint,
      _profile bigint, order_number varchar, purchased_at timestamp, grand_total_amount decimal(18,4), status varchar)`)
    await run(sql`create table if not exists ${insight} (profile_id bigint, total double)`)
  })
}

/** Adds people: profile `n` is called `name n`, is reached at `n@crm.test` and `n@shop.test`, and is worth `n`. */
export async function addPeople(engine: Engine, first: number, last: number): Promise<void> {
  const all = sql`(select ${value(profileId(0))} + n as id, n
    from range(${value(first)}, ${value(last + 1)}) r(n)) people`
  await engine.change('people', async ({ run }) => {
    await run(sql`insert into ${individual}
      select id, 'name ' || n, cast('2000-01-01' as date), n + 0.5 from ${all}`)
    for (const [place, source] of ['crm', 'shop'].entries()) {
      await run(sql`insert into ${email}
        select ${value(source)}, n, n * 2 + ${value(place)}, id, n || ${value(`@${source}.test`)}, false,
        ${value(source === 'shop' ? 'Work' : 'private')}, n % 2 = 0
        from ${all}`)
    }
    await run(sql`insert into ${insight} select id, n from ${all}`)
  })
}

/** Lets profiles enter a segment. */
export const enter = (engine: Engine, segment: string, people: readonly number[]) =>
  engine.change('entering', async ({ run, positions }) => {
    const at = value(await positions(1))
    for (const n of people) {
      await run(sql`insert into ${memberTable} (segment, profile, entered_position)
        values (${value(segment)}, ${value(profileId(n))}, ${at})`)
    }
  })

/** Lets profiles leave a segment. */
export const leave = (engine: Engine, segment: string, people: readonly number[]) =>
  engine.change('leaving', async ({ run, positions }) => {
    const at = value(await positions(1))
    for (const n of people) {
      const stay = sql`segment = ${value(segment)} and profile = ${value(profileId(n))}`
      await run(sql`insert into ${historyTable} (segment, profile, entered_position, left_position)
        select segment, profile, entered_position, ${at} from ${memberTable} where ${stay}`)
      await run(sql`delete from ${memberTable} where ${stay}`)
    }
  })

/** A member of a segment is merged into another profile, under whose id the stay goes on. */
export const merge = (engine: Engine, segment: string, old: number, into: number) =>
  engine.change('merging', ({ run }) =>
    run(sql`update ${memberTable} set profile = ${value(profileId(into))}
      where segment = ${value(segment)} and profile = ${value(profileId(old))}`),
  )

/** Gives somebody orders, numbered from 1, each worth ten times its number, on the days of January. */
export const giveOrders = (engine: Engine, n: number, count: number) =>
  engine.change('orders', ({ run }) =>
    run(sql`insert into ${order} select 'shop', i, i, ${value(profileId(n))}, 'A' || i,
      cast('2026-01-01 10:00:00' as timestamp) + to_days(cast(i - 1 as integer)), i * 10,
      case when i = 2 then 'cancelled' else 'shipped' end from range(1, ${value(count + 1)}) t(i)`),
  )

/** Gives somebody another first name. */
export const rename = (engine: Engine, n: number, name: string | null) =>
  engine.change('renaming', ({ run }) =>
    run(
      sql`update ${individual} set first_name = ${value(name)} where profile = ${value(profileId(n))}`,
    ),
  )

/** Lets an address opt out, or in. */
export const opt = (engine: Engine, n: number, isIn: boolean) =>
  engine.change('opting', ({ run }) =>
    run(sql`update ${email} set opted_in = ${value(isIn)} where _profile = ${value(profileId(n))}`),
  )
