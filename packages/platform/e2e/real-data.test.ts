import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environment } from '#kernel/config.ts'
import { ask, type Duck, openDuck, type Row } from './duck.ts'
import { examples, makeWorld, type World } from './world.ts'

// Data of real shape through the examples' definitions, against SQL written by hand over the same raw files.

const datasets = environment()['TESSERA_DATASETS']
const leftOut = datasets === undefined ? ' (left out: TESSERA_DATASETS is not set)' : ''

/** Takes definitions through apply and run; nothing may fail. */
async function run(world: World, definitions: string): Promise<void> {
  await world.tessera('apply', definitions)
  const { steps, failed } = await world.json<{ steps: readonly Row[]; failed: number }>('run')
  expect(steps.filter(({ state }) => state !== 'done')).toEqual([])
  expect(failed).toBe(0)
}

/** Expects that two queries give the same rows, as often; how many. */
async function same(duck: Duck, left: string, right: string): Promise<number> {
  const both = await duck.one(`with l as materialized (${left}), r as materialized (${right})
    select (select count(*) from (from l except all from r)) as more,
      (select count(*) from (from r except all from l)) as fewer, (select count(*) from l) as n`)
  expect(both).toMatchObject({ more: '0', fewer: '0' })
  return Number(both['n'])
}

describe.skipIf(leftOut !== '')(`three years of a web shop${leftOut}`, () => {
  let world: World
  const raw = (name: string) =>
    `read_csv('${datasets}/adventureworks/AdventureWorks_${name}.csv', all_varchar = true,
      header = true, delim = ',', quote = '"', encoding = 'latin-1', union_by_name = true)`

  // Lines with their price; orders and what they come to, by customer.
  const lines = () => `(select s.OrderNumber as number, s.CustomerKey as customer,
      strptime(s.OrderDate, '%m/%d/%Y') as day, cast(p.ProductPrice as decimal(18, 4)) as price,
      cast(s.OrderQuantity as integer) as quantity
    from ${raw('Sales_*')} s join ${raw('Products')} p using (ProductKey))`
  const spend =
    () => `(select customer, sum(cast(round(price * quantity, 4) as decimal(18, 4))) as total,
      count(distinct number) as orders from ${lines()} group by customer)`
  const recency =
    () => `(select customer, date_diff('day', max(day), (select max(day) from ${lines()})) as days
    from ${lines()} group by customer)`
  const customers = () => `(from ${raw('Customers')})`
  const profileOf = (customer: string) =>
    `(select _profile from t.model.individual where id = ${customer})`
  const members = (key: string) => `select profile from t.segment.member where segment = '${key}'`

  beforeAll(async () => {
    if (datasets === undefined) return
    world = makeWorld({ TESSERA_FILES: datasets })
    await run(world, join(examples, 'adventureworks'))
  }, 180_000)
  afterAll(() => world?.remove())

  test('nothing is lost on the way in', async () => {
    await ask(world, async (duck) => {
      const counted = await duck.one(`select (select count(*) from t.lake.customers) as customers,
        (select count(*) from t.model.sales_order) as orders,
        (select count(*) from t.model.sales_order_product) as lines,
        (select count(*) from t.model.product_return) as returns,
        (select count(*) from t.model.product) as products,
        (select count(*) from t.lake._rejected) as rejected`)
      expect(counted).toEqual({
        customers: '18148',
        orders: '25164',
        lines: '56046',
        returns: '1809',
        products: '293',
        rejected: '0',
      })
      const byHand = await duck.one(`select (select count(*) from ${customers()}) as customers,
        (select count(distinct number) from ${lines()}) as orders, (select count(*) from ${lines()}) as lines,
        (select count(*) from ${raw('Returns')}) as returns, (select count(*) from ${raw('Products')}) as products`)
      expect({ ...byHand, rejected: '0' }).toEqual(counted)
      const { emails } = await duck.one(
        `select count(distinct lower(EmailAddress)) as emails from ${customers()}`,
      )
      const { profiles } = await duck.one('select count(*) as profiles from t.unified.individual')
      expect(profiles).toBe(emails)
    })
  })

  test('every birth date is read, in both forms', async () => {
    await ask(world, async (duck) => {
      const forms = await duck.one(`select count(BirthDate) as written,
        count(*) filter (where BirthDate like '%/%') as slashes,
        count(*) filter (where BirthDate like '%-%') as dashes from ${customers()}`)
      expect(forms).toEqual({ written: '18148', slashes: '10385', dashes: '7763' })
      await same(
        duck,
        `select CustomerKey, make_date(cast(regexp_extract(BirthDate, '\\d{4}$') as integer),
            cast(regexp_extract(BirthDate, '^\\d+') as integer),
            cast(regexp_extract(BirthDate, '[-/](\\d+)[-/]', 1) as integer)) from ${customers()}`,
        'select id, birth_date from t.model.individual',
      )
    })
  })

  test('incomes, children and homes are read', async () => {
    await ask(world, async (duck) => {
      const { blanks } = await duck.one(
        `select count(*) as blanks from ${customers()} where AnnualIncome like '%,% '`,
      )
      expect(Number(blanks)).toBeGreaterThan(1000)
      await same(
        duck,
        `select CustomerKey, cast(regexp_replace(AnnualIncome, '[^0-9]', '', 'g') as decimal(18, 4)),
          cast(TotalChildren as bigint), HomeOwner = 'Y' from ${customers()}`,
        'select id, yearly_income, number_of_children, owns_home from t.model.individual',
      )
    })
  })

  test('lifetime spend and recency of every customer', async () => {
    await ask(world, async (duck) => {
      await same(
        duck,
        `select ${profileOf('customer')} as profile, total, orders from ${spend()}`,
        'select profile_id, total, orders from t.insight.lifetime_spend',
      )
      const n = await same(
        duck,
        `select ${profileOf('customer')} as profile, days from ${recency()}`,
        'select profile_id, days from t.insight.recency',
      )
      expect(n).toBe(17_416)
      const sums = await duck.one(`select (select sum(total) from ${spend()}) as by_hand,
        (select sum(total) from t.insight.lifetime_spend) as ours`)
      expect(sums['ours']).toBe(sums['by_hand'])
    })
  })

  test('a sample of customers, asked through the command line', async () => {
    const sample = await ask(world, (duck) =>
      duck.rows(`select c.EmailAddress as email, s.total, s.orders, r.days from ${customers()} c
        join ${spend()} s on s.customer = c.CustomerKey join ${recency()} r on r.customer = c.CustomerKey
        where cast(c.CustomerKey as integer) % 331 = 0 order by email limit 50`),
    )
    expect(sample).toHaveLength(50)
    const asked = sample.map(({ email }) => `'${email}'`).join(', ')
    const { rows } = await world.json<{ rows: readonly Row[] }>(
      'query',
      `select e.email_address as email, s.total, s.orders, r.days from contact_point_email e
       join lifetime_spend s on s.profile_id = e.profile_id join recency r on r.profile_id = e.profile_id
       where e.email_address in (${asked}) order by email`,
    )
    const plain = (of: readonly Row[]) =>
      of.map(({ email, total, orders, days }) =>
        [email, Number(total), Number(orders), Number(days)].join(' '),
      )
    expect(plain(rows)).toEqual(plain(sample))
  })

  test('segments hold who they should, and their list was sent', async () => {
    await ask(world, async (duck) => {
      const big = await same(
        duck,
        `select ${profileOf('customer')} from ${spend()} where total >= 5000`,
        members('big_spenders'),
      )
      const loyal = await same(
        duck,
        `select ${profileOf('CustomerKey')} from ${customers()} join ${spend()} on customer = CustomerKey
          where HomeOwner = 'Y' and cast(TotalChildren as integer) >= 2 and orders >= 2`,
        members('loyal_owners'),
      )
      const lapsed = await same(
        duck,
        `select ${profileOf('customer')} from ${recency()} where days > 180
          and customer in (select customer from ${lines()} where price >= 1000)`,
        members('lapsed_bike_buyers'),
      )
      expect([big, loyal, lapsed].every((n) => n > 1000)).toBe(true)

      const folder = join(world.data, 'out/adventureworks')
      const [file = '', ...others] = readdirSync(folder).filter((name) => name.endsWith('.csv'))
      expect(others).toEqual([])
      const written = await same(
        duck,
        `select lower(email), cast(spent as decimal(18, 4)) from read_csv('${join(folder, file)}', all_varchar = true)`,
        `select lower(EmailAddress), total from ${customers()} join ${spend()} on customer = CustomerKey where total >= 5000`,
      )
      expect(written).toBe(big)
    })
  })
})

const truth = `kind: connection
key: truth
connector: files
settings: { folder: . }
---
kind: stream
key: truth
connection: truth
source: { path: truth.csv }
mode: full
category: other
`

describe.skipIf(leftOut !== '')(`two lists of the same people${leftOut}`, () => {
  let world: World

  const raw = (name: string) =>
    `read_csv('${datasets}/febrl/${name}.csv', all_varchar = true, header = true, normalize_names = true)`
  const records = `(select trim(rec_id) as id, split_part(trim(rec_id), '-', 2) as person, trim(given_name) as given,
      trim(surname) as family, trim(date_of_birth) as born, nullif(trim(soc_sec_id), '') as ssid
    from (from ${raw('dataset4a')} union all by name from ${raw('dataset4b')}))`
  // A name is compared without what is no letter or digit, and with ae, oe and ue as one vowel.
  const folded = (name: string) =>
    `nullif(regexp_replace(regexp_replace(lower(${name}), '([aou])e', '\\1', 'g'), '[^a-z0-9]', '', 'g'), '')`
  const pairs = `(
    select a.id as one, b.id as other from ${records} a join ${records} b on a.ssid = b.ssid and a.id < b.id
    union
    select a.id, b.id from ${records} a join ${records} b on ${folded('a.given')} = ${folded('b.given')}
      and ${folded('a.family')} = ${folded('b.family')} and a.id < b.id
      and try_strptime(a.born, '%Y%m%d') = try_strptime(b.born, '%Y%m%d'))`

  /** Who belongs together, the slow and obvious way: the smallest name travels along all pairs until nothing changes. */
  async function groupsByHand(duck: Duck): Promise<ReadonlyMap<string, string>> {
    const ids = await duck.rows(`select id from ${records}`)
    const links = await duck.rows(`from ${pairs}`)
    const group = new Map(ids.map(({ id }) => [String(id), String(id)]))
    for (let moved = true; moved; ) {
      moved = false
      for (const { one, other } of links) {
        const [a = '', b = ''] = [group.get(String(one)), group.get(String(other))].sort()
        if (a === b) continue
        for (const id of [one, other]) group.set(String(id), a)
        moved = true
      }
    }
    return group
  }

  beforeAll(async () => {
    if (datasets === undefined) return
    world = makeWorld()
    cpSync(join(datasets, 'febrl'), join(world.folder, 'febrl'), { recursive: true })
    const definitions = join(world.folder, 'definitions')
    cpSync(join(examples, 'febrl'), definitions, { recursive: true })
    world.write('definitions/truth.yaml', truth)
    const duck = await openDuck()
    await duck.rows(`copy (select 'dataset4' || case when id like '%org' then 'a' else 'b' end as source,
      id as record, person from ${records}) to '${join(world.folder, 'truth.csv')}' (header)`)
    duck.close()
    await run(world, definitions)
  }, 180_000)
  afterAll(() => world?.remove())

  test('10,000 records are in as they were written', async () => {
    await ask(world, async (duck) => {
      const n = await same(
        duck,
        `select id, nullif(given, ''), nullif(family, ''), cast(try_strptime(born, '%Y%m%d') as date) from ${records}`,
        'select id, first_name, last_name, birth_date from t.model.individual',
      )
      expect(n).toBe(10_000)
      const { unread } = await duck.one(`select count(*) as unread from t.model.individual i
        join ${records} r using (id) where r.born ~ '^\\d{8}$' and i.birth_date is null`)
      const { wrong } = await duck.one(
        `select count(*) as wrong from ${records} where born ~ '^\\d{8}$' and try_strptime(born, '%Y%m%d') is null`,
      )
      expect(unread).toBe(wrong)
    })
  })

  test('profiles are the groups that the two rules make', async () => {
    await ask(world, async (duck) => {
      const byHand = await groupsByHand(duck)
      const ours = await duck.rows('select id, _profile as profile from t.model.individual')
      const named = new Map<string, string>()
      for (const { id, profile } of ours) {
        const group = byHand.get(String(id)) ?? ''
        // One profile for each group, and one group for each profile.
        expect(named.get(String(profile)) ?? group).toBe(group)
        named.set(String(profile), group)
      }
      expect(named.size).toBe(new Set(byHand.values()).size)
      const { profiles } = await duck.one('select count(*) as profiles from t.unified.individual')
      expect(Number(profiles)).toBe(named.size)
    })
  })

  test('quality against the truth is what a count by hand says', async () => {
    const byHand = await ask(world, async (duck) => {
      const groups = await groupsByHand(duck)
      const list = [...groups].map(([id, group]) => `('${id}', '${group}')`).join(', ')
      const labels = `(select r.person, g.grp from (values ${list}) g(id, grp) join ${records} r using (id))`
      const { right_pairs, found_pairs, true_pairs } =
        await duck.one(`with l as materialized (from ${labels})
        select (select sum(n * (n - 1) // 2) from (select count(*) as n from l group by person, grp)) as right_pairs,
          (select sum(n * (n - 1) // 2) from (select count(*) as n from l group by grp)) as found_pairs,
          (select sum(n * (n - 1) // 2) from (select count(*) as n from l group by person)) as true_pairs`)
      return { right: Number(right_pairs), found: Number(found_pairs), true: Number(true_pairs) }
    })
    expect(byHand.true).toBe(5000)

    const measured = await world.served((server) =>
      server.call('POST', '/identity/people/measure', {
        stream: 'truth',
        source: 'source',
        record: 'record',
        entity: 'person',
      }),
    )
    expect(measured).toMatchObject({
      labelled: { records: 10_000, entities: 5000 },
      pairs: {
        ...byHand,
        precision: byHand.right / byHand.found,
        recall: byHand.right / byHand.true,
      },
    })
  })
})
