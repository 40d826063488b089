import { describe, expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { Fault } from '#kernel/fault.ts'
import { checkQuery } from './check.ts'
import { fillShop, shop } from './testing/shop.ts'

const engine = await memoryEngine()
await fillShop(engine)

const answerOf = async (text: string) => {
  const { columns, rows } = await engine.checked(text)
  return rows.map((row) => columns.map(({ name }) => row[name]))
}

/** What a user writes, and the physical SQL that must give the same rows. */
const same: Readonly<Record<string, string>> = {
  'select * from lake.crm_contacts order by id':
    'select id, email, first_name, born from lake.crm_contacts order by id',
  'from sales_order order by id': 'select id, _profile, total, ordered_at from model.sales_order',
  'select "first name" from "Lake"."CRM_Contacts" where id = 1':
    'select first_name from lake.crm_contacts where id = 1',
  'select c.email, sum(total) as s from lake.crm_contacts c join sales_order o on o.profile_id = c.id group by all having s > 1 order by s desc':
    'select c.email, sum(o.total) s from lake.crm_contacts c join model.sales_order o on o._profile = c.id group by 1 having s > 1 order by s desc',
  'select lake.crm_contacts.email from lake.crm_contacts where crm_contacts.id = 2':
    'select email from lake.crm_contacts where id = 2',
  'with a as (select id, email as mail from lake.crm_contacts), b(x) as (select mail from a) select a.id, b.x from a join b on a.mail = b.x order by all':
    'select id, email from lake.crm_contacts where email is not null order by id',
  'with recursive r as (select 1 as n union all select n + 1 from r where n < 4) select * from r':
    'select * from range(1, 5)',
  'select id from lake.crm_contacts union select profile_id from sales_order order by id desc limit 2 offset 1':
    'values (2), (1)',
  'select email, (select max(total) from sales_order o where o.profile_id = c.id) from lake.crm_contacts c where exists (select 1 from sales_order where profile_id = c.id) order by 1':
    'select email, (select max(total) from model.sales_order where _profile = c.id) from lake.crm_contacts c where id < 3 order by 1',
  'select id, row_number() over (partition by profile_id order by total desc) as n from sales_order qualify n = 1 order by id':
    'select id, 1 from model.sales_order where id in (11, 12) order by id',
  'select sum(total) over w from sales_order window w as (order by id rows between 1 preceding and current row) order by 1':
    'values (9.5), (25.25), (29.75)',
  "select date_trunc('month', ordered_at) as m, count(*), count(distinct profile_id) filter (where total > 6) from sales_order group by m order by m":
    "select date_trunc('month', ordered_at) m, count(*), 1 from model.sales_order group by m order by m",
  'select * exclude (ordered_at) replace (total * 2 as total) from sales_order where id = 10':
    'select 10, 1, cast(19 as decimal(18,4))',
  "select ordered_at + interval 2 days - interval '1 month', extract(dow from ordered_at), dayofweek(ordered_at), ordered_at::date from sales_order where id = 10":
    "select ordered_at + interval 2 days - interval '1 month', extract(dow from ordered_at), dayofweek(ordered_at), ordered_at::date from model.sales_order where id = 10",
  "select case when total > 9 then 'high' else 'low' end as how, try_cast('x' as int), coalesce(null, 'y'), nullif(1, 1) from sales_order where id between 10 and 11 order by id":
    "values ('high', null, 'y', null), ('high', null, 'y', null)",
  "select id from lake.crm_contacts where email ilike '%X.ORG' or email is null and id in (select 3) order by id":
    'values (1), (3)',
  "select string_agg(distinct email, ',' order by email), list(id order by id desc), arg_max(email, id) filter (where id < 3) from lake.crm_contacts":
    "select 'ada@x.org,bob@y.org', [3, 2, 1], 'bob@y.org'",
  'select list_transform([1, 2], lambda x: x + id), [1, 2, 3][2], {a: id}.a from lake.crm_contacts where id = 1':
    'select [2, 3], 2, 1',
  'select distinct on (profile_id) profile_id, total from sales_order order by profile_id, total desc':
    'select _profile, max(total) from model.sales_order group by 1 order by 1',
  'select profile_id, count(*) from sales_order group by rollup (profile_id) order by all':
    'values (1, 2), (2, 1), (null, 3)',
  'select o.id, x.d from sales_order o, lateral (select o.total * 2 as d) x where o.id = 12':
    'select 12, cast(10 as decimal(18,4))',
  "select v.b, n from (values (1, 'a')) v(a, b), generate_series(1, 2) g(n) order by n":
    "values ('a', 1), ('a', 2)",
  'select * from sales_order a join sales_order b using (id) where a.id = 10':
    'select a.id, a._profile, a.total, a.ordered_at, b._profile, b.total, b.ordered_at from model.sales_order a join model.sales_order b using (id) where a.id = 10',
  'select lag(total, 1, 0) over (order by id) from sales_order order by id':
    'select lag(total, 1, 0) over (order by id) from model.sales_order order by id',
  'select /* a comment -- */ id -- another ; drop table x\n from sales_order where id = 10':
    'select 10',
}

describe('what users write gives what the tables hold', () => {
  test.each(Object.entries(same))('%s', async (text, physical) => {
    const checked = checkQuery(text, shop)
    expect(await answerOf(checked.text)).toEqual(await answerOf(physical))
    const { columns } = await engine.checked(checked.text)
    expect(columns.map(({ name }) => name)).toEqual(checked.columns)
  })
})

describe('a checked query', () => {
  const text = `with c as (select id, email as mail from lake.crm_contacts)
    select mail, sum(total) * 2 as twice, count(*) from c join sales_order o on o.profile_id = c.id group by 1`

  test('says what it reads, and gives every column a name', () => {
    const { reads, columns } = checkQuery(text, shop)
    expect(reads).toEqual([
      { relation: 'lake.crm_contacts', columns: ['id', 'email'] },
      { relation: 'sales_order', columns: ['profile_id', 'total'] },
    ])
    expect(columns).toEqual(['mail', 'twice', 'count(*)'])
    expect(checkQuery('select * from sales_order', shop).reads).toEqual([
      { relation: 'sales_order', columns: 'all' },
    ])
    expect(checkQuery('select count(*) from sales_order', shop).reads).toEqual([
      { relation: 'sales_order', columns: [] },
    ])
  })

  test('says what each column of the answer is made of', () => {
    expect(checkQuery(text, shop).lineage).toEqual({
      mail: [{ relation: 'lake.crm_contacts', column: 'email' }],
      twice: [{ relation: 'sales_order', column: 'total' }],
      'count(*)': [],
    })
  })

  test('names equal columns apart', () => {
    const { columns } = checkQuery(
      'select a.id, b.id, 1, 1 from sales_order a, sales_order b',
      shop,
    )
    expect(columns).toEqual(['id', 'id_1', '1', '1_1'])
  })

  test('is written in this way', () => {
    expect(
      checkQuery('select upper(email) u from lake.crm_contacts c where id > 1', shop).text,
    ).toBe(
      'select upper("email") as "u" from (select "id", "email", "first_name" as "First Name", "born" from "lake"."crm_contacts") as "c" where ("id" > 1)',
    )
  })
})

const problemsOf = (text: string) => {
  try {
    checkQuery(text, shop)
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.problems.map((p) => [p.code, p.at, p.say])
    throw thrown
  }
  return []
}

describe('refusals', () => {
  test('come all at once, with line and column and what was meant', () => {
    expect(
      problemsOf("select emial,\n  o.totl, x.y, getenv('A')\nfrom lake.crm_contact, sales_order o"),
    ).toEqual([
      [
        'query.unknown_relation',
        'line 3, column 6',
        expect.stringContaining('did you mean "lake.crm_contacts"?'),
      ],
      ['query.unknown_column', 'line 1, column 8', 'nothing here has a column "emial"'],
      [
        'query.unknown_column',
        'line 2, column 5',
        '"o" has no column "totl"; did you mean "total"?',
      ],
      ['query.unknown_relation', 'line 2, column 11', expect.stringContaining('"x"')],
      ['query.not_allowed_function', 'line 2, column 16', 'the function getenv cannot be used'],
    ])
  })

  test('count characters as people do', () => {
    expect(problemsOf("select '😀é',\n'😀', nope from sales_order")[0]?.[1]).toBe(
      'line 2, column 6',
    )
  })

  test.each([
    ['', 'query.syntax', ''],
    ['   ', 'query.syntax', ''],
    ['selec 1', 'query.syntax', 'line 1, column 7'],
    ['select id\nfrom sales_order\nwhere (id = 1', 'query.syntax', 'line 3, column 13'],
    [`select '${'x'.repeat(60_000)}'`, 'query.too_large', ''],
    [`select ${'('.repeat(2000)}1${')'.repeat(2000)}`, 'query.too_large', ''],
    [`select ${'1 + '.repeat(9000)}1`, 'query.too_large', ''],
  ])('%.40s', (text, code, at) => {
    expect(problemsOf(text)).toEqual([[code, at, expect.any(String)]])
  })
})
