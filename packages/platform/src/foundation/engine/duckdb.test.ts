import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { openDuckdb } from './connections/duckdb.ts'
import { call, cast, tryCast, value } from './expression.ts'
import type { ArrivingFile, LoadField } from './files.ts'
import { jsonNumber } from './numbers.ts'
import { sql } from './sql.ts'
import { describeEngine, memoryEngine } from './testing/index.ts'

describeEngine('duckdb in memory', memoryEngine)

test('whatever holds what users write has the time limit of that', async () => {
  const engine = await openDuckdb({ threads: 2, queryTimeoutMs: 100 })
  onTestFinished(() => engine.close())
  const text = 'select count(*) from range(100000000) a, range(100000) b'
  const late = { code: 'engine.took_too_long' }
  const signal = AbortSignal.timeout(5000)
  await expect(engine.checked(text, { signal })).rejects.toMatchObject(late)
  const endless = sql`select count(*) from range(100000000) a, range(100000) b`
  const ask = { holds: 'what users write' as const, signal }
  await expect(engine.rows(endless, ask)).rejects.toMatchObject(late)
  expect(await engine.rows(sql`select 1 as a`, ask)).toEqual([{ a: 1 }])
})

const folder = mkdtempSync(join(tmpdir(), 'engine-'))
afterAll(() => rmSync(folder, { recursive: true }))

const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const csv = (path: string, names: readonly string[], more: object = {}): ArrivingFile => ({
  format: 'csv',
  path,
  compressed: path.endsWith('.gz'),
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: true,
  columns: names.map((name) => ({ name, label: name, empty: false })),
  ...more,
})

const field = (name: string, type: LoadField['type'] = 'text'): LoadField => ({
  label: name,
  name,
  type,
})

describe('files', async () => {
  const engine = await openDuckdb({ folder, threads: 2 })
  afterAll(() => engine.close())

  const load = (file: ArrivingFile, fields: readonly LoadField[]) =>
    engine.load({ file, fields }, async ({ table, rejected }) => ({
      rows: await engine.rows(sql`select * from ${table} order by _row`),
      rejected: await engine.rows(sql`select * from ${rejected} order by _row`),
    }))

  test('every record of a delimited file is read or rejected, with its number', async () => {
    const path = put('ragged.csv', 'id,n\n1,10\n2,x\n3\n4,40\n5,50,55\n6,"six, 60"\n7,70\n')
    const { rows, rejected } = await load(csv(path, ['id', 'n']), [
      field('id', 'integer'),
      field('n', 'integer'),
    ])
    expect(rows).toEqual([
      { id: 1, n: 10, _row: 1 },
      { id: 4, n: 40, _row: 4 },
      { id: 7, n: 70, _row: 7 },
    ])
    expect(rejected.map((r) => [r['_row'], r['raw']])).toEqual([
      [2, '2,x'],
      [3, '3'],
      [5, '5,50,55'],
      [6, '6,"six, 60"'],
    ])
    expect(rejected[0]?.['reason']).toBe('n: x is not a whole number')
  })

  test.each([
    ['integer', ['1.6', '007', '1e3', '9223372036854775808']],
    ['decimal', ['2.12345', '01.5', '1e3']],
    ['date', ['2026-01-31 23:59:00', '31.01.2026', '2026-02-30']],
    ['boolean', ['1', 'yes']],
    ['timestamp', ['2026-01-31', '10:00']],
  ] as const)(
    'no value is changed to fit %s: it is rejected as it was written',
    async (type, values) => {
      const lines = values.map((value, i) => `${i},${value}\n`).join('')
      const path = put(`changed-${type}.csv`, `id,v\n${lines}`)
      const delimited = await load(csv(path, ['id', 'v']), [field('id'), field('v', type)])
      expect(delimited.rows).toEqual([])
      expect(delimited.rejected.map((row) => row['raw'])).toEqual(
        values.map((value, i) => `${i},${value}`),
      )
      const objects = values.map((v, id) => JSON.stringify({ id: String(id), v })).join('\n')
      const lined = put(`changed-${type}.ndjson`, objects)
      const json = await load({ format: 'ndjson', path: lined, compressed: false }, [
        field('id'),
        field('v', type),
      ])
      expect(json.rows).toEqual([])
      expect(json.rejected.map((row) => row['misfits'])).toEqual(values.map(() => 'v'))
    },
  )

  test.each([
    ['99999999999999.99', 'text'],
    ['12345678901.123456', 'text'],
    ['12345678901234.5678', 'text'],
    ['1234567890123.1234', 'decimal'],
    ['0.123456789012345', 'number'],
    ['13.404953999999975', 'number'],
    ['1.5e-7', 'number', '1.5e-07'],
    ['nan', 'text'],
  ] as [string, LoadField['type'], string?][])(
    'the type of %s is guessed to be %s, which keeps its digits',
    async (v, type, kept = v) => {
      const file = csv(put('digits.csv', `v\n${v}\n`), ['v'])
      const [found] = (await engine.survey(file)).fields
      expect(found?.type).toBe(type)
      const written = sql`${cast(sql`v`, 'text')} as v`
      await engine.load({ file, fields: [field('v', type)] }, async ({ table }) => {
        expect(await engine.rows(sql`select ${written} from ${table}`)).toEqual([{ v: kept }])
      })
    },
  )

  const lines = (name: string, content: string): ArrivingFile => ({
    format: name.endsWith('ndjson') ? 'ndjson' : 'json',
    path: put(name, content),
    compressed: false,
  })

  test.each(['ndjson', 'json'])(
    'numbers of %s keep their digits, nested as well',
    async (format) => {
      const numbers = [
        '12345678901234567.12',
        '-1234567890123.123456',
        '99999999999999999999.5',
        '9223372036854775807',
        '12345678901234567e5',
      ]
      const rows = [
        ...numbers.map((n) => `{"d":${n},"n":{"t":"a \\" 1:${n},","l":[${n},1e5],"${n}":true}}`),
        '{"d":0.5000000000000000000,"n":[100.0000000000000000]}',
        '{"d":" 12345678901234567.12","n":[1.5]}',
      ]
      const content = format === 'json' ? `[${rows.join(',')}]` : rows.join('\n')
      const file = lines(`digits.${format}`, content)
      const kept = await load(file, [field('d'), field('n')])
      expect(kept.rows.map((row) => [row['d'], row['n']])).toEqual([
        ...numbers.map((n) => [n, `{"t":"a \\" 1:${n},","l":[${n},100000.0],"${n}":true}`]),
        ['0.5', '[100.0]'],
        [' 12345678901234567.12', '[1.5]'],
      ])
      expect((await engine.survey(file)).fields.map(({ type }) => type)).toEqual(['text', 'json'])
    },
  )

  test('a member is found whatever its name is, and one that cannot be said stops nothing', async () => {
    const labels = [
      '',
      '*',
      '/',
      '~1',
      '$',
      '$.a',
      '[0]',
      '#',
      '"',
      "'",
      '\\',
      '.',
      ' ',
      'é',
      '0',
      '\n',
    ]
    const content = JSON.stringify(
      Object.fromEntries([...labels, '\0'].map((l, i) => [l, `v${i}`])),
    )
    const file = lines('names.ndjson', content)
    const { fields } = await engine.survey(file)
    expect(fields.map(({ label, examples }) => [label, ...examples])).toEqual(
      Object.keys(JSON.parse(content)).flatMap((label) =>
        label === '\0' ? [] : [[label, JSON.parse(content)[label]]],
      ),
    )
    const { rows } = await load(file, fields)
    expect(rows).toEqual([
      { ...Object.fromEntries(fields.map((f) => [f.name, JSON.parse(content)[f.label]])), _row: 1 },
    ])
  })

  test('an instant with an offset keeps it', async () => {
    const instants = [
      '2026-01-31T10:00:00+02:00',
      '2026-01-31 10:00:00.25-05',
      '2026-01-31T10:00:00.5Z',
    ]
    const lines = instants.map((at, i) => `${i},${at}\n`).join('')
    const delimited = csv(put('offsets.csv', `id,at\n${lines}`), ['id', 'at'])
    const objects = instants.map((at) => JSON.stringify({ at })).join('\n')
    const lined = put('offsets.ndjson', objects)
    for (const file of [delimited, { format: 'ndjson', path: lined, compressed: false } as const])
      expect((await load(file, [field('at', 'timestamp')])).rows.map((row) => row['at'])).toEqual([
        '2026-01-31T08:00:00.000Z',
        '2026-01-31T15:00:00.250Z',
        '2026-01-31T10:00:00.500Z',
      ])
  })

  test('a value that does not fit is left out of its record, where that is wished', async () => {
    const path = put('lenient.csv', 'id,n,at\n1,x,\n2,3,soon\ny,z,\n4,"4 ",\n')
    const lined = put(
      'lenient.ndjson',
      '{"id":1,"n":"x"}\n{"id":2,"n":3,"at":"soon"}\n{"id":"y","n":"z"}\n{"id":4,"n":4}\n',
    )
    for (const file of [
      csv(path, ['id', 'n', 'at']),
      { format: 'ndjson', path: lined, compressed: false } as const,
    ]) {
      const fields = [field('id', 'integer'), field('n', 'integer'), field('at', 'timestamp')]
      const found = await engine.load({ file, fields, lenient: ['n', 'at'] }, async (loaded) => ({
        counts: [loaded.rows, loaded.rejectedRows, loaded.misfitRows],
        rows: await engine.rows(sql`select id, n from ${loaded.table} order by _row`),
        misfits: await engine.rows(sql`select * from ${loaded.misfits} order by _row`),
        rejected: await engine.rows(sql`select _row, reason from ${loaded.rejected}`),
      }))
      expect(found).toEqual({
        counts: [3, 1, 2],
        rows: [
          { id: 1, n: null },
          { id: 2, n: 3 },
          { id: 4, n: 4 },
        ],
        misfits: [
          { _row: 1, misfits: 'n', texts: '{"n":"x"}' },
          { _row: 2, misfits: 'at', texts: '{"at":"soon"}' },
        ],
        rejected: [{ _row: 3, reason: 'id: y is not a whole number; n: z is not a whole number' }],
      })
    }
  })

  test('nothing is left of a value that is left out, whatever a cast would make of it', async () => {
    const odd = {
      integer: ['1.6', '007', '1e3'],
      number: ['nan', '1e999', '-inf'],
      decimal: ['1.23456789', '0x1', '007'],
      boolean: ['yes', '1', 't'],
      date: ['2024-01-01 10:00:00', 'infinity', '20240101'],
      timestamp: ['2024-01-01', '-infinity', 'today'],
    } as const
    const names = Object.keys(odd)
    // The keys of the table above are types.
    const fields = names.map((name) => field(name, name as keyof typeof odd))
    const rows = [0, 1, 2].map((i) => Object.values(odd).map((values) => values[i]))
    const files = [
      csv(put('odd.csv', `${[names, ...rows].map((row) => row.join(',')).join('\n')}\n`), names),
      {
        format: 'ndjson',
        path: put(
          'odd.ndjson',
          rows
            .map((row) => JSON.stringify(Object.fromEntries(row.map((of, i) => [names[i], of]))))
            .join('\n'),
        ),
        compressed: false,
      } as const,
    ]
    for (const file of files) {
      const found = await engine.load({ file, fields, lenient: names }, async (loaded) => ({
        rows: await engine.rows(sql`select * from ${loaded.table} order by _row`),
        texts: await engine.rows(sql`select texts from ${loaded.misfits} order by _row`),
      }))
      const none = Object.fromEntries(names.map((name) => [name, null]))
      expect(found.rows).toEqual([1, 2, 3].map((_row) => ({ ...none, _row })))
      expect(found.texts.map(({ texts }) => Object.values(JSON.parse(String(texts))))).toEqual(rows)
    }
  })

  test('short rows can be padded', async () => {
    const path = put('short.csv', 'id,n\n1\n2,20\n')
    const { rows } = await load(csv(path, ['id', 'n'], { shortRows: 'pad' }), [
      field('id'),
      field('n'),
    ])
    expect(rows).toEqual([
      { id: '1', n: null, _row: 1 },
      { id: '2', n: '20', _row: 2 },
    ])
  })

  test('compressed files are read as they are', async () => {
    const path = put('a.csv.gz', gzipSync('id;n\n1;"x\ny"\n'))
    const { rows } = await load(csv(path, ['id', 'n'], { delimiter: ';' }), [field('n')])
    expect(rows).toEqual([{ n: 'x\ny', _row: 1 }])
  })

  test('a broken JSON line is kept with its number; the others are read', async () => {
    const path = put(
      'a.ndjson',
      '{"id":1,"at":"2026-01-01T10:00:00Z"}\n{"id":\n{"id":"x"}\n[1]\n{"id":5,"more":{"a":[1]}}\n',
    )
    const survey = await engine.survey({ format: 'ndjson', path, compressed: false })
    expect(survey.fields.map((f) => f.name)).toEqual(['id', 'at', 'more'])
    const { rows, rejected } = await load({ format: 'ndjson', path, compressed: false }, [
      field('id', 'integer'),
      field('at', 'timestamp'),
      field('more', 'json'),
    ])
    expect(rows.map((r) => [r['_row'], r['id'], r['at'], r['more']])).toEqual([
      [1, 1, '2026-01-01T10:00:00.000Z', null],
      [5, 5, null, '{"a":[1]}'],
    ])
    expect(rejected.map((r) => [r['_row'], r['reason']])).toEqual([
      [2, 'not a JSON object'],
      [3, 'id: x is not a whole number'],
      [4, 'not a JSON object'],
    ])
  })

  test('a JSON list is read like lines', async () => {
    const path = put('a.json', '[{"id":1},\n {"id":2,"b c":"x"}]')
    const survey = await engine.survey({ format: 'json', path, compressed: false })
    expect(survey.fields.map((f) => [f.label, f.name, f.type])).toEqual([
      ['id', 'id', 'integer'],
      ['b c', 'b_c', 'text'],
    ])
    const { rows } = await load({ format: 'json', path, compressed: false }, survey.fields)
    expect(rows).toEqual([
      { id: 1, b_c: null, _row: 1 },
      { id: 2, b_c: 'x', _row: 2 },
    ])
  })

  test('types are only inferred where they print the value back', async () => {
    const path = put(
      'types.csv',
      'zip,n,price,big,yes,day,at,phone\n0812,1,9.50,12345678901234567890,true,2026-01-31,2026-01-31T10:00:00Z,+4912345\n1000,2,10,1,false,2026-02-01,2026-01-31 10:00,+49222\n',
    )
    const { fields } = await engine.survey(
      csv(path, ['zip', 'n', 'price', 'big', 'yes', 'day', 'at', 'phone']),
    )
    expect(Object.fromEntries(fields.map((f) => [f.name, f.type]))).toEqual({
      zip: 'text',
      n: 'integer',
      price: 'decimal',
      big: 'text',
      yes: 'boolean',
      day: 'date',
      at: 'timestamp',
      phone: 'text',
    })
  })

  test('lines are read as they stand', async () => {
    const path = put('lines.txt', '1\tp"q\t{"a":"x\\ty"}\n2\t\t\n')
    const columns = [
      { name: 'n', type: 'integer' },
      { name: 'w', type: 'text' },
      { name: 'body', type: 'json' },
    ] as const
    const rows = await engine.stagedLines({ path, columns }, (lines) =>
      engine.rows(sql`select * from ${lines} order by n`),
    )
    expect(rows).toEqual([
      { n: 1, w: 'p"q', body: '{"a":"x\\ty"}' },
      { n: 2, w: '', body: '' },
    ])
  })

  test('numbers of parquet keep their digits, and what is nested is JSON', async () => {
    const path = join(folder, 'digits.parquet')
    const db = await DuckDBInstance.create(':memory:')
    const connection = await db.connect()
    await connection.run(`copy (select 1234567890123.123456::decimal(19,6) as long,
      0.5::decimal(38,10) as wide, 12.345678::decimal(10,6) as short, 1.5::decimal(38,2) as money,
      12345678901234567890.12::decimal(38,2) as much, 18446744073709551615::ubigint as big, 7::ubigint as small,
      [{'sku': 'a', 'price': 1234567890123.123456::decimal(19,6)}] as lines, map {'k': 1} as map,
      [timestamp '2026-01-31'] as times, '{"a": 1.50}' as written) to '${path}' (format parquet)`)
    connection.closeSync()
    const file = { format: 'parquet', path } as const
    const { fields } = await engine.survey(file)
    expect(Object.fromEntries(fields.map(({ name, type }) => [name, type]))).toEqual({
      ...{ long: 'text', wide: 'text', short: 'number', money: 'decimal', much: 'text' },
      ...{
        big: 'text',
        small: 'integer',
        lines: 'json',
        map: 'json',
        times: 'json',
        written: 'text',
      },
    })
    const asked = fields.map((one) =>
      one.name === 'written' ? { ...one, type: 'json' as const } : one,
    )
    expect((await load(file, asked)).rows).toEqual([
      {
        ...{ long: '1234567890123.123456', wide: '0.5000000000', short: 12.345678, money: 1.5 },
        ...{ much: '12345678901234567890.12', big: '18446744073709551615', small: 7 },
        ...{ lines: '[{"sku":"a","price":1234567890123.123456}]', map: '{"k":1}' },
        ...{ times: '["2026-01-31 00:00:00"]', written: '{"a": 1.50}', _row: 1 },
      },
    ])
  })

  test('parquet is read with the types it states', async () => {
    const path = join(folder, 'a.parquet')
    const other = await (await DuckDBInstance.create(':memory:')).connect()
    await other.run(
      `copy (select 1 as "Id", 'x' as name, [1,2] as list) to '${path}' (format parquet)`,
    )
    other.closeSync()
    const survey = await engine.survey({ format: 'parquet', path })
    expect(survey.fields.map((f) => [f.name, f.type])).toEqual([
      ['id', 'integer'],
      ['name', 'text'],
      ['list', 'json'],
    ])
    const { rows } = await load({ format: 'parquet', path }, survey.fields)
    expect(rows).toEqual([{ id: 1, name: 'x', list: '[1,2]', _row: 1 }])
  })

  test('what parquet says of no number and of no day is told as it was, in JSON too', async () => {
    const path = join(folder, 'odd.parquet')
    const other = await (await DuckDBInstance.create(':memory:')).connect()
    await other.run(`copy (select * from (values
      (1, 'nan'::double, date '2024-01-31', ['-inf'::double], null), (2, 1.5, date 'infinity', [2.5], 'NaN "\\'),
      (3, 'inf', date '-infinity', null, 'x "y", NaN')) t (id, n, day, list, text)) to '${path}' (format parquet)`)
    other.closeSync()
    const { fields } = await engine.survey({ format: 'parquet', path })
    const strict = fields.map((of) => (of.name === 'n' ? { ...of, type: 'integer' as const } : of))
    const { rows, rejected } = await load({ format: 'parquet', path }, fields)
    expect(rows.map(({ id, n, day }) => [id, n, day])).toEqual([[1, 'NaN', '2024-01-31']])
    expect(rejected.map(({ reason }) => reason)).toEqual(
      ['infinity', '-infinity'].map((day) => `day: ${day} is not a day (YYYY-MM-DD)`),
    )
    const { rejected: all } = await load({ format: 'parquet', path }, strict)
    const raws = all.map(({ raw }) => JSON.parse(String(raw)))
    expect(raws).toMatchObject([
      { id: 1, n: 'NaN', day: '2024-01-31', list: '[-Infinity]' },
      { id: 2, n: 1.5, day: 'infinity', list: [2.5], text: 'NaN "\\' },
      { id: 3, n: 'Infinity', day: '-infinity', text: 'x "y", NaN' },
    ])
  })

  test.each(['NaN', 'Infinity', '-Infinity'])(
    'a number that is %s is read as a text',
    async (text) => {
      const of = `cast('${text}' as double)`
      const query = `select ${of} as x, [${of}, 1.5] as list, {'at': cast('${text}' as float)} as inner`
      const row = { x: text, list: [text, 1.5], inner: { at: text } }
      expect((await engine.checked(query)).rows).toEqual([row])
      const asked = sql`select ${cast(value(text), 'number')} as x, ${jsonNumber(cast(value(text), 'number'))} as json`
      expect(await engine.rows(asked)).toEqual([{ x: text, json: JSON.stringify(text) }])
      for await (const [one] of engine.stream(asked)) expect(one?.['x']).toBe(text)
    },
  )

  test.each([
    ['date', 'infinity'],
    ['date', '-infinity'],
    ['timestamp', 'infinity'],
    ['timestamp', '-infinity'],
    ['timestamptz', 'infinity'],
    ['date', '290000-01-01'],
    ['timestamp', '290000-01-01 00:00:00'],
  ] as const)('a %s that no calendar knows is read as a text: %s', async (type, text) => {
    const of = `cast('${text}' as ${type})`
    const query = `select ${of} as x, [${of}] as list, {'at': ${of}} as inner`
    const row = { x: text, list: [text], inner: { at: text } }
    expect((await engine.checked(query)).rows).toEqual([row])
    if (type === 'timestamptz') return
    const asked = sql`select ${cast(value(text), type)} as x`
    expect(await engine.rows(asked)).toEqual([{ x: text }])
    for await (const batch of engine.stream(asked)) expect(batch).toEqual([{ x: text }])
  })

  test.each([
    ['date', 'infinity', null],
    ['date', '-Infinity', null],
    ['date', '2024-02-29', '2024-02-29'],
    ['timestamp', 'infinity', null],
  ] as const)('as a %s, %s is %s', async (type, text, expected) => {
    const [row] = await engine.rows(sql`select ${tryCast(value(text), type)} as x`)
    expect(row).toEqual({ x: expected })
  })

  test.each([
    `select * from read_csv('/etc/passwd')`,
    `select * from '/etc/passwd'`,
    `copy (select 1) to '/tmp/out.csv'`,
    `set enable_external_access = true`,
    `install httpfs`,
    `select 1; drop schema lake cascade`,
  ])('the fence holds against: %s', async (text) => {
    await expect(engine.checked(text)).rejects.toThrow()
  })

  test('closes once what was asked has been answered', async () => {
    const other = await openDuckdb({ threads: 2 })
    const asked = other.rows(
      sql`select count(*) as n from range(20_000_000) as r(i) where i % 3 = 0`,
    )
    await other.staged(sql`select 1 as n`, async () => {})
    await other.close()
    expect(await asked).toEqual([{ n: 6_666_667 }])
  })

  test('a snapshot opens as an engine of its own', async () => {
    await engine.change('a', async (writer) => {
      await writer.run(sql`create table lake.a as select 42 as n`)
      await writer.positions(7)
    })
    const copy = join(folder, 'copy')
    appendFileSync(put('keep', ''), '')
    const { mkdirSync } = await import('node:fs')
    mkdirSync(copy)
    await engine.snapshot(copy)
    const other = await openDuckdb({ folder: copy, threads: 1 })
    expect(await other.rows(sql`select n from lake.a`)).toEqual([{ n: 42 }])
    expect(await other.change('p', (writer) => writer.positions(1))).toBe(8)
    await other.close()
  })
})

test('a clock that is given is what statements read, each anew', async () => {
  const clock = stoppedClock(new Date('2031-05-01T23:30:00.250Z'))
  const engine = await openDuckdb({ clock })
  onTestFinished(() => engine.close())
  const told = () =>
    engine.rows(
      sql`select cast(${call('now')} as text) as now, cast(${call('today')} as text) as today`,
    )
  expect(await told()).toEqual([{ now: '2031-05-01 23:30:00.25', today: '2031-05-01' }])
  clock.move(3_600_000)
  expect(await told()).toEqual([{ now: '2031-05-02 00:30:00.25', today: '2031-05-02' }])
})
