import { afterAll, describe, expect, test } from 'vitest'
import { makeCertificate } from '#outgoing/testing'
import { reaching } from '../../testing/reaching.ts'
import { startMariadb, withoutMariadb } from '../../testing/servers/mariadb.ts'
import { fault, taken } from '../sql/testing/database-contract.ts'
import { makeMysql } from './mysql.ts'

const reason = withoutMariadb ? ` (left out: ${withoutMariadb})` : ''
const from = new Date('2020-01-01T00:00:00Z')
const certificate = makeCertificate('localhost', [from, new Date('2100-01-01T00:00:00Z')])
const server = withoutMariadb ? undefined : await startMariadb(certificate)
afterAll(() => server?.stop())
await server?.run('create database kinds character set utf8mb4')

async function world(change: object = {}) {
  if (!server) throw new Error(withoutMariadb)
  const places = ['127.0.0.1', 'localhost'].map((host) => `${host}:${server.port}`)
  const login = { host: '127.0.0.1', port: server.port, database: 'kinds', user: 'owner' }
  const connector = makeMysql(reaching(places, { pass: 'pass' }))
  const settings = { ...login, password: { secret: 'pass' }, ...change }
  return { connector, settings, run: (text: string) => server.run(text, 'kinds') }
}

// Type, a value as SQL, and how it is handed over; `same` gives it back to the database, which compares.
const values: readonly (readonly [string, string, string])[] = [
  ['tinyint(1)', '1', '1'],
  ['tinyint(1)', '-7', '-7'],
  ['bit(1)', `b'1'`, '1'],
  ['bit(64)', '18446744073709551615', '18446744073709551615'],
  ['smallint unsigned', '65535', '65535'],
  ['mediumint', '-8388608', '-8388608'],
  ['bigint', '-9223372036854775808', '-9223372036854775808'],
  ['bigint unsigned', '18446744073709551615', '18446744073709551615'],
  ['int(5) zerofill', '42', '00042'],
  [
    'decimal(65,30)',
    '12345678901234567890123456789012345.123456789012345678901234567890',
    '12345678901234567890123456789012345.123456789012345678901234567890',
  ],
  ['decimal(10,2)', '0.1', '0.10'],
  ['float', '0.1', '0.1'],
  ['float', '16777217', '16777216'],
  ['float', '1.17549435e-38', '1.1754944e-38'],
  ['double', '0.1 + 2e-1', '0.30000000000000004'],
  ['double', '1.7976931348623157e308', '1.7976931348623157e308'],
  ['date', `'2024-02-29'`, '2024-02-29'],
  ['date', `'0000-00-00'`, '0000-00-00'],
  ['date', `'2024-05-00'`, '2024-05-00'],
  ['datetime', `'2024-06-01 12:00:00'`, '2024-06-01T12:00:00'],
  ['datetime(6)', `'2024-06-01 12:00:00.123456'`, '2024-06-01T12:00:00.123456'],
  ['datetime', `'0000-00-00 00:00:00'`, '0000-00-00 00:00:00'],
  ['datetime', `'2024-00-07 01:00:00'`, '2024-00-07 01:00:00'],
  ['timestamp', `'2024-06-01 12:00:00'`, '2024-06-01T06:30:00Z'],
  ['timestamp(3)', `'2024-06-01 00:00:00.5'`, '2024-05-31T18:30:00.500Z'],
  ['timestamp', `'0000-00-00 00:00:00'`, '0000-00-00 00:00:00'],
  ['time(2)', `'-838:59:59.12'`, '-838:59:59.12'],
  ['year', '2024', '2024'],
  ['varchar(20)', `'naïve 東京 👋'`, 'naïve 東京 👋'],
  ['varchar(20)', `''`, '""'],
  ['varchar(20)', `'a\\r\\nb, "c"\\\\'`, '"a\r\nb, ""c""\\"'],
  ['varchar(20) character set latin1', `'señor €'`, 'señor €'],
  ['varchar(20) character set utf16', `'東京'`, '東京'],
  ['char(5)', `'ab'`, 'ab'],
  ['text', `'0012 '`, '0012 '],
  ['longtext', `repeat('ab', 3)`, 'ababab'],
  [`enum('so so','good')`, `'so so'`, 'so so'],
  [`set('a','b','c')`, `'c,a'`, '"a,c"'],
  [
    'json',
    `'{"b": 1.10,  "a": 12345678901234567890.10}'`,
    '"{""b"": 1.10,  ""a"": 12345678901234567890.10}"',
  ],
  ['binary(3)', `'a'`, 'YQAA'],
  ['varbinary(9)', `x'00ff10'`, 'AP8Q'],
  ['blob', `x'e9'`, '6Q=='],
  ['longblob', `''`, '""'],
  ['uuid', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['inet6', `'2001:db8::ff00:42:8329'`, '2001:db8::ff00:42:8329'],
]

const isBinary = (type: string) => /blob|binary/.test(type)

/** The SQL that says whether a column holds what was handed over. */
function same([type]: (typeof values)[number], i: number, found: string): string {
  const plain = found.replace(/^"|"$/g, '').replaceAll('""', '"')
  const text = `'${plain.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  if (isBinary(type)) return `from_base64(${text}) = c${i}`
  // Casts to a number of this many digits, or to a time in UTC.
  if (type.startsWith('float')) return `cast(${text} as float) = c${i}`
  if (/int|bit|decimal/.test(type)) return `cast(${text} as decimal(65,30)) = c${i}`
  return `replace(replace(${text}, 'T', ' '), 'Z', '') = cast(c${i} as char character set utf8mb4)`
}

describe.skipIf(withoutMariadb)(`values of MariaDB${reason}`, () => {
  test('every type is handed over exactly', async () => {
    const kinds = await world()
    const columns = values.map(([type], i) => `c${i} ${type} null`)
    await kinds.run(`create table kinds (${columns}) row_format=dynamic`)
    const loose = `set sql_mode = '', time_zone = '+05:30'`
    await kinds.run(`${loose}; insert into kinds values (${values.map(([, sql]) => sql)})`)
    const found: string[] = []
    for (const i of values.keys()) {
      const { texts } = await taken(kinds, { table: 'kinds', columns: [`c${i}`] })
      found.push(texts[0]?.slice(`c${i}\n`.length, -1) ?? '')
    }
    expect(found).toEqual(values.map(([, , text]) => text))
    const checks = values.map((value, i) => same(value, i, found[i] ?? ''))
    const utc = `set sql_mode = '', time_zone = '+00:00', names utf8mb4`.replace(
      ', names',
      '; set names',
    )
    const [answer] = (await kinds.run(`${utc}; select ${checks} from kinds`)).slice(-1)
    expect([answer].flat(2).map(String)).toEqual(values.map(() => '1'))
  })

  test('nothing is empty, and differs from an empty text', async () => {
    const query = `select null as a, '' as b, cast(null as datetime) as c, x'' as d`
    const { texts } = await taken(await world(), { query })
    expect(texts).toEqual(['a,b,c,d\n,"",,""\n'])
  })

  test('columns say what they are', async () => {
    const query = `select cast(1 as signed) as i, 1.5 as n, 1e0 as d, cast('2024-01-01' as date) as day,
      cast('2024-01-01' as datetime) as t, 'x' as s, cast(18446744073709551615 as unsigned) as u, x'00' as b`
    const { batches } = await taken(await world(), { query })
    const [file] = batches.map((batch) => batch.file)
    if (file?.format !== 'csv') throw new Error('delimited text was expected')
    expect(file.columns.map(({ type }) => type)).toEqual([
      'integer',
      undefined,
      'number',
      'date',
      'timestamp',
      'text',
      undefined,
      'text',
    ])
  })

  test.each([
    ['datetime', `'2024-01-01 00:00:00'`, `'2024-01-01 00:00:01'`],
    ['timestamp(6)', `'2024-01-01 00:00:00.000001'`, `'2024-01-01 00:00:00.000002'`],
    ['datetime', `'0000-00-00 00:00:00'`, `'2024-01-01 00:00:01'`],
    ['date', `'2024-01-01'`, `'2024-01-02'`],
    ['bigint', '9007199254740993', '9007199254740994'],
    ['bigint unsigned', '18446744073709551614', '18446744073709551615'],
    ['int unsigned', '1', '2'],
    ['decimal(40,30)', '0.100000000000000000000000000001', '0.100000000000000000000000000002'],
    ['double', '0.1 + 2e-1', '0.5'],
    ['year', '2023', '2024'],
    ['varchar(9)', `'a''b\\\\'`, `'a''c'`],
    ['varbinary(9)', `x'00'`, `x'01'`],
  ])('%s can be a cursor', async (type, first, second) => {
    const cursors = await world()
    await cursors.run(`drop table if exists cursors; create table cursors (c ${type}, n int)`)
    await cursors.run(`set sql_mode = ''; insert into cursors values (${first}, 1)`)
    const source = { table: 'cursors', columns: ['n'], cursor: 'c' }
    const { rows, cursor } = await taken(cursors, source)
    await cursors.run(`insert into cursors values (${second}, 2)`)
    expect(rows).toEqual(['1'])
    expect((await taken(cursors, source, { cursor })).rows).toEqual(['2'])
    expect((await taken(cursors, { ...source, primary_key: ['c'] }, { cursor })).rows).toEqual([
      '2',
    ])
    if (/var/.test(type)) return
    const overlap = taken(cursors, { ...source, overlap: 3 }, { cursor })
    expect((await overlap).rows).toContain('2')
  })

  test.each([`enum('b','a')`, `set('b','a')`, 'float', 'time'])(
    '%s is no cursor, because it could not be gone on in',
    async (type) => {
      const unfit = await world()
      await unfit.run(`drop table if exists unfit; create table unfit (c ${type})`)
      const read = taken(unfit, { table: 'unfit', cursor: 'c' })
      await expect(read).rejects.toThrow(fault('unfit_cursor', '"c"'))
    },
  )

  test('lists tables and views, with about how much is in them, and reads those of other databases', async () => {
    await server?.run(`create database shop; create database other`)
    const shop = await world({ database: 'shop' })
    await shop.run(`create table shop.people (id int primary key, name varchar(200));
      insert into shop.people select seq, repeat('x', 100) from seq_1_to_1000;
      create view shop.adults as select * from shop.people; analyze table shop.people;
      create table other.things (id int); insert into other.things values (7);
      create user clerk@'%' identified by 'pass'; grant select on shop.adults to clerk@'%'`)
    const list = async (change: object) => {
      const { connector, settings } = await world({ database: 'shop', ...change })
      return connector.list({ settings, signal: new AbortController().signal })
    }
    const all = await list({})
    expect(all.map(({ name }) => name)).toEqual(['shop.adults', 'shop.people'])
    expect(all[1]).toMatchObject({ source: { table: 'shop.people' } })
    expect(all[1]?.rows).toBeGreaterThan(800)
    expect(all[1]?.sizeBytes).toBeGreaterThan(100_000)
    expect((await taken(shop, { table: 'other.things' })).rows).toEqual(['7'])
    const few = await world({ database: 'shop', user: 'clerk' })
    expect((await list({ user: 'clerk' })).map(({ name }) => name)).toEqual(['shop.adults'])
    expect((await taken(few, { table: 'adults', columns: ['id'] })).rows).toHaveLength(1000)
    await expect(taken(few, { table: 'people' })).rejects.toThrow(fault('no_such_table'))
    await expect(taken(few, { query: 'select * from people' })).rejects.toThrow(
      fault('not_permitted', 'does not permit this to "clerk"'),
    )
  })

  test('speaks TLS with certificates checked, and without only where it is told to', async () => {
    const query = `select variable_value <> '' as secure from information_schema.session_status where variable_name = 'Ssl_cipher'`
    const secured = async (change: object) => (await taken(await world(change), { query })).rows
    const { cert } = certificate
    expect(await secured({ host: 'localhost', tls: 'require', ca: cert })).toEqual(['1'])
    expect(await secured({ host: 'localhost' })).toEqual(['0'])
    await expect(secured({ host: 'localhost', tls: 'require' })).rejects.toThrow(
      fault('no_secure_connection', 'self-signed'),
    )
    await expect(secured({ host: '127.0.0.1', tls: 'require', ca: cert })).rejects.toThrow(
      fault('no_secure_connection', '127.0.0.1'),
    )
  })
})
