import { afterAll, describe, expect, test } from 'vitest'
import { makeCertificate } from '#outgoing/testing'
import { reaching } from '../../testing/reaching.ts'
import { startPostgres, withoutPostgres } from '../../testing/servers/postgres.ts'
import { fault, taken } from '../sql/testing/database-contract.ts'
import { makePostgres } from './postgres.ts'

const reason = withoutPostgres ? ` (left out: ${withoutPostgres})` : ''
const from = new Date('2020-01-01T00:00:00Z')
const certificate = makeCertificate('localhost', [from, new Date('2100-01-01T00:00:00Z')])
const server = withoutPostgres ? undefined : await startPostgres(certificate)
afterAll(() => server?.stop())

async function world(database = 'postgres', change: object = {}) {
  if (!server) throw new Error(withoutPostgres)
  const places = ['127.0.0.1', 'localhost'].map((host) => `${host}:${server.port}`)
  const login = { host: '127.0.0.1', port: server.port, database, user: 'owner' }
  const connector = makePostgres(reaching(places, { pass: 'pass' }))
  const settings = { ...login, password: { secret: 'pass' }, ...change }
  return { connector, settings, run: (text: string) => server.run(text, database) }
}

// Type, a value as SQL, and how it is handed over; each is also given back to the database and compared there.
const values: readonly (readonly [string, string, string])[] = [
  ['boolean', 'true', 'true'],
  ['boolean', 'false', 'false'],
  ['smallint', '-32768', '-32768'],
  ['bigint', '9223372036854775807', '9223372036854775807'],
  [
    'numeric',
    '123456789012345678901234567890.123456789000',
    '123456789012345678901234567890.123456789000',
  ],
  ['numeric(10,2)', '0.10', '0.10'],
  ['numeric', `'NaN'`, 'NaN'],
  ['real', '0.1', '0.1'],
  ['real', '16777217', '1.6777216e+07'],
  ['double precision', '0.1::float8 + 0.2::float8', '0.30000000000000004'],
  ['double precision', `'-Infinity'`, '-Infinity'],
  ['money', `'1234.50'::numeric::money`, '1234.50'],
  ['text', `E'a\\r\\nb, "c"\\t\\\\'`, '"a\r\nb, ""c""\t\\"'],
  ['text', `''`, '""'],
  ['text', `'naïve 東京 👋'`, 'naïve 東京 👋'],
  ['varchar(5)', `'0012 '`, '0012 '],
  ['char(5)', `'ab'`, 'ab'],
  ['uuid', `'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['date', `'2024-02-29'`, '2024-02-29'],
  ['date', `'infinity'`, 'infinity'],
  ['date', `'0044-03-15 BC'`, '0044-03-15 BC'],
  ['time', `'23:59:59.999999'`, '23:59:59.999999'],
  ['timetz', `'10:00:00+02'`, '10:00:00+02'],
  ['timestamp', `'2024-06-01 12:00:00.123456'`, '2024-06-01T12:00:00.123456'],
  ['timestamp', `'-infinity'`, '-infinity'],
  ['timestamptz', `'2024-06-01 12:00:00+02'`, '2024-06-01T10:00:00Z'],
  ['timestamptz', `'2024-06-01 12:00:00.1+05:30'`, '2024-06-01T06:30:00.1Z'],
  ['timestamptz', `'infinity'`, 'infinity'],
  ['timestamptz', `'12024-01-01 00:00:00+00'`, '12024-01-01 00:00:00+00'],
  ['interval', `'1 year 2 days 03:04:05.6'`, 'P1Y2DT3H4M5.6S'],
  ['json', `'{"b": 1.10,  "a": null}'`, '"{""b"": 1.10,  ""a"": null}"'],
  [
    'jsonb',
    `'{"b": 12345678901234567890.10, "a": []}'`,
    '"{""a"": [], ""b"": 12345678901234567890.10}"',
  ],
  ['bytea', `'\\x00ff10'`, 'AP8Q'],
  ['bytea', `''`, '""'],
  ['bit(5)', `B'10101'`, '10101'],
  ['inet', `'192.168.0.1/24'`, '192.168.0.1/24'],
  ['mood', `'so so'`, 'so so'],
  ['score', '7', '7'],
  ['int4range', `'[1,5)'`, '"[1,5)"'],
  ['xml', `'<a>1</a>'`, '<a>1</a>'],
]

// What has parts is handed over as JSON.
const nested: readonly (readonly [string, string, unknown])[] = [
  ['int[]', `'{1,null,3}'`, [1, null, 3]],
  ['text[]', `array['a','b,"c"','']`, ['a', 'b,"c"', '']],
  [
    'int[]',
    `'{{1,2},{3,4}}'`,
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['int[]', `'[0:1]={5,6}'`, [5, 6]],
  ['pair', `row(1, 'x')`, { a: 1, b: 'x' }],
]

describe.skipIf(withoutPostgres)(`values of PostgreSQL${reason}`, () => {
  const types = `create type mood as enum ('so so', 'good'); create domain score as int check (value < 10);
    create type pair as (a int, b text);`

  test('every type is handed over exactly', async () => {
    if (!server) return
    await server.run('create database kinds')
    const kinds = await world('kinds')
    await kinds.run(types)
    // What the user has set must not change how values are written.
    await kinds.run(`alter role owner set timezone = 'Asia/Kolkata'; alter role owner set datestyle = 'German';
      alter role owner set bytea_output = 'escape'; alter role owner set extra_float_digits = -5`)
    const all = [...values, ...nested]
    const columns = all.map(([type, sql], i) => `(${sql})::${type} as c${i}`)
    await kinds.run(`create table kinds as select ${columns}`)
    const found: string[] = []
    for (const i of all.keys()) {
      const { texts } = await taken(kinds, { table: 'kinds', columns: [`c${i}`] })
      found.push(texts[0]?.slice(`c${i}\n`.length, -1) ?? '')
    }
    expect(found.slice(0, values.length)).toEqual(values.map(([, , text]) => text))
    const plain = (text: string) => text.replace(/^"|"$/g, '').replaceAll('""', '"')
    const parsed = found.slice(values.length).map((text) => JSON.parse(plain(text)))
    expect(parsed).toEqual(nested.map(([, , value]) => value))
    // Given back to the database, each value is the one that it has.
    const back = values.map(([type], i) => {
      const text = `'${plain(found[i] ?? '').replaceAll("'", "''")}'`
      const value = type === 'bytea' ? `decode(${text}, 'base64')` : `${text}::${type}`
      return `(${type === 'money' ? `${text}::numeric::money` : value})::text = c${i}::text`
    })
    const [same] = await kinds.run(`set timezone = 'UTC'; select ${back} from kinds`)
    expect(same).toEqual(values.map(() => true))
  })

  test('nothing is empty, and differs from an empty text', async () => {
    const { texts } = await taken(await world(), {
      query: `select null as a, '' as b, null::int[] as c, null::timestamptz as d, null::bytea as e`,
    })
    expect(texts).toEqual(['a,b,c,d,e\n,"",,,\n'])
    const one = await taken(await world(), { query: 'select null::int as a union all select 1' })
    expect(one.texts[0]?.split('\n').toSorted()).toEqual(['', '""', '1', 'a'])
  })

  test('columns say what they are', async () => {
    const query = `select 1 as i, 1.5 as n, true as b, now() as t, current_date as d, '{}'::jsonb as j, 'x' as s, array[1] as l`
    const { batches } = await taken(await world(), { query })
    const [file] = batches.map((batch) => batch.file)
    if (file?.format !== 'csv') throw new Error('delimited text was expected')
    expect(file.columns.map(({ type }) => type)).toEqual([
      'integer',
      undefined,
      'boolean',
      'timestamp',
      'date',
      'json',
      'text',
      'json',
    ])
  })

  test.each([
    ['timestamptz', `'2024-01-01 00:00:00.000001+05'`, `'2024-01-01 00:00:00.000002+05'`],
    ['timestamp', `'2024-01-01 00:00:00'`, `'2024-01-01 00:00:00.000001'`],
    ['date', `'0001-12-31 BC'`, `'2024-01-02'`],
    ['bigint', '9007199254740993', '9007199254740994'],
    ['smallint', '-32768', '5'],
    ['numeric', '0.10000000000000000001', '0.10000000000000000002'],
    ['double precision', '0.1::float8 + 0.2::float8', '0.5'],
    ['text', `'a''b'`, `'a''c'`],
    ['char(5)', `'ab'`, `'ac'`],
    ['bytea', `'\\x00'`, `'\\x01'`],
    ['uuid', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'`],
    ['bit(3)', `B'001'`, `B'010'`],
    ['mood', `'so so'`, `'good'`],
  ])('%s can be a cursor', async (type, first, second) => {
    const cursors = await world()
    if (type === 'mood') await cursors.run(types)
    await cursors.run('drop table if exists cursors')
    await cursors.run(`create table cursors (c ${type}, n int)`)
    await cursors.run(`insert into cursors values (${first}, 1)`)
    const source = { table: 'cursors', columns: ['n'], cursor: 'c' }
    const { rows, cursor } = await taken(cursors, source)
    await cursors.run(`insert into cursors values (${second}, 2)`)
    expect(rows).toEqual(['1'])
    expect((await taken(cursors, source, { cursor })).rows).toEqual(['2'])
    expect((await taken(cursors, { ...source, primary_key: ['c'] }, { cursor })).rows).toEqual([
      '2',
    ])
    if (['text', 'char(5)', 'bytea', 'uuid', 'bit(3)', 'mood'].includes(type)) return
    const wide = { ...source, overlap: 100_000_000_000 }
    const small = { ...source, overlap: 30_000 }
    const overlap = type === 'bigint' ? wide : small
    expect((await taken(cursors, overlap, { cursor })).rows).toContain('2')
  })

  test('what has no end or no order is no cursor', async () => {
    const ends = await world()
    await ends.run(`create table ends (id int, until timestamptz, data json)`)
    await ends.run(`insert into ends values (1, '2024-01-01', '{}'), (2, 'infinity', '{}')`)
    const names: string[] = []
    await expect(taken(ends, { table: 'ends', cursor: 'until' }, { names })).rejects.toThrow(
      fault('rows_without_cursor', 'have no "until"'),
    )
    expect(names).toHaveLength(1)
    await expect(taken(ends, { table: 'ends', cursor: 'data' })).rejects.toThrow(
      fault('unfit_cursor', 'json'),
    )
  })

  test('text of unknown encoding is refused instead of changed', async () => {
    if (!server) return
    await server.run(`create database raw encoding 'SQL_ASCII' template template0`)
    const raw = await world('raw')
    await raw.run(`create table words as select 'ol' || E'\\351' as word, 1 as id`)
    await expect(taken(raw, { table: 'words' })).rejects.toThrow(
      fault('query_refused', 'invalid byte sequence'),
    )
    expect((await taken(raw, { table: 'words', columns: ['id'] })).rows).toEqual(['1'])
  })

  test('two columns of one name are refused', async () => {
    await expect(taken(await world(), { query: 'select 1 as a, 2 as a' })).rejects.toThrow(
      fault('query_refused', 'two columns are called "a"'),
    )
  })

  test('lists tables and views that may be read, with about how much is in them', async () => {
    if (!server) return
    await server.run('create database shop')
    const shop = await world('shop')
    await shop.run(`create schema "Old Shop"; create table "Old Shop"."Orders.2020" (id int);
      create table orders (id int, day date) partition by range (day);
      create table orders_24 partition of orders for values from ('2024-01-01') to ('2025-01-01');
      insert into orders select i, '2024-02-03' from generate_series(1, 500) i; analyze orders`)
    await shop.run(`create table people as select i as id, repeat('x', 100) as name from generate_series(1, 1000) i;
      create view adults as select * from people; create materialized view sample as select * from people limit 5;
      analyze people; create role clerk login password 'pass'; grant select on adults to clerk;
      grant select (id) on people to clerk`)
    const list = async (change: object) => {
      const { connector, settings } = await world('shop', change)
      return connector.list({ settings, signal: new AbortController().signal })
    }
    const all = await list({})
    expect(all.map(({ name }) => name)).toEqual([
      'Old Shop.Orders.2020',
      'public.adults',
      'public.orders',
      'public.people',
      'public.sample',
    ])
    expect(all[2]).toMatchObject({ rows: 500, sizeBytes: expect.any(Number) })
    expect(all[3]).toMatchObject({ rows: 1000, source: { table: 'public.people' } })
    expect(all[3]?.sizeBytes).toBeGreaterThan(100_000)
    expect((await taken(shop, { table: 'Old Shop.Orders.2020' })).texts).toEqual(['id\n'])
    const clerk = { user: 'clerk' }
    expect((await list(clerk)).map(({ name }) => name)).toEqual(['public.adults', 'public.people'])
    const few = await world('shop', clerk)
    expect((await taken(few, { table: 'people', columns: ['id'] })).rows).toHaveLength(1000)
    await expect(taken(few, { table: 'people' })).rejects.toThrow(
      fault('not_permitted', 'does not permit this to "clerk": permission denied for table people'),
    )
    await expect(taken(few, { table: 'sample' })).rejects.toThrow(fault('not_permitted'))
  })

  test('speaks TLS with certificates checked, and without only where it is told to', async () => {
    const query = 'select ssl::text from pg_stat_ssl where pid = pg_backend_pid()'
    const secured = async (change: object) =>
      (await taken(await world('postgres', change), { query })).rows
    const { cert } = certificate
    expect(await secured({ host: 'localhost', tls: 'require', ca: cert })).toEqual(['true'])
    expect(await secured({ host: 'localhost' })).toEqual(['false'])
    await expect(secured({ host: 'localhost', tls: 'require' })).rejects.toThrow(
      fault('no_secure_connection', 'self-signed'),
    )
    await expect(secured({ host: '127.0.0.1', tls: 'require', ca: cert })).rejects.toThrow(
      fault('no_secure_connection', '127.0.0.1'),
    )
  })
})
