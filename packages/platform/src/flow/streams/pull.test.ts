import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { defineConnector, makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { object } from '#kernel/read.ts'
import { fieldsOf, ledgerOf, prepareLake, rejectedOf } from '#lake'
import type { StreamDefinition } from './definition.ts'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const files = join(folder, 'files')
mkdirSync(files)
const connectors = makeConnectors({
  ...nowhere,
  baseFolder: folder,
  closedFolders: [],
  uploadsFolder: files,
})
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })

let tick = 0
function put(name: string, text: string) {
  const path = join(files, name)
  writeFileSync(path, text)
  // Every writing is at another time, as it would be outside of a test.
  const at = 1_700_000_000 + ++tick
  utimesSync(path, at, at)
}

const pulled = (key: string, stream: Partial<StreamDefinition>) =>
  pull(
    { engine, connectors, spool, now: () => new Date(1_700_000_000_000 + ++tick) },
    {
      key,
      stream: {
        connection: 'files',
        source: { path: `${key}*.csv` },
        mode: 'full',
        category: 'other',
        ...stream,
      },
      connection: { connector: 'files', settings: { folder: 'files' } },
      signal: AbortSignal.timeout(20_000),
    },
  )

const rows = (key: string) =>
  engine.rows(sql`select * exclude (_position, _event) from ${table('lake', key)} order by all`)

test('takes a file once, and again only when it has changed', async () => {
  put('once.csv', 'id,n\na,1\nb,2\n')
  expect(await pulled('once', { primary_key: ['id'] })).toMatchObject({
    received: 2,
    stored: 2,
    batches: 1,
  })
  expect(await pulled('once', { primary_key: ['id'] })).toMatchObject({ received: 0, batches: 0 })
  put('once.csv', 'id,n\nb,3\n')
  expect(await pulled('once', { primary_key: ['id'] })).toMatchObject({
    received: 1,
    stored: 1,
    removed: 1,
  })
  expect(await rows('once')).toEqual([{ id: 'b', n: 3 }])
})

test('a file that becomes again what it once was is taken again, as one that is put back from a backup', async () => {
  const [path, first, second] = [join(files, 'back.csv'), 'id,n\na,1\n', 'id,n\na,2\n']
  const at = (text: string, time: number) => {
    writeFileSync(path, text)
    utimesSync(path, time, time)
  }
  const take = () => pulled('back', { mode: 'upsert', primary_key: ['id'] })
  for (const [text, time, n] of [
    [first, 1_600_000_001, 1],
    [second, 1_600_000_002, 2],
    [first, 1_600_000_001, 1],
    [second, 1_600_000_002, 2],
  ] as const) {
    at(text, time)
    expect(await take()).toMatchObject({ received: 1, stored: 1 })
    expect(await rows('back')).toEqual([{ id: 'a', n }])
    expect(await take()).toMatchObject({ received: 0, batches: 0 })
  }
})

test('a new file of a full refresh is taken together with the old ones', async () => {
  put('many-1.csv', 'id\na\n')
  await pulled('many', { primary_key: ['id'] })
  put('many-2.csv', 'id,extra\nb,x\n')
  expect(await pulled('many', { primary_key: ['id'] })).toMatchObject({
    received: 2,
    stored: 1,
    unchanged: 1,
    removed: 0,
  })
  expect(await rows('many')).toEqual([
    { id: 'a', extra: null },
    { id: 'b', extra: 'x' },
  ])
})

test('a type that does not hold for a later record becomes text before anything is refused', async () => {
  const many = Array.from({ length: 25_000 }, (_, i) => `${i},${i}\n`).join('')
  put('wide.csv', `id,code\n${many}25000,A7\n`)
  expect(await pulled('wide', { primary_key: ['id'] })).toMatchObject({
    received: 25_001,
    stored: 25_001,
    rejected: 0,
    widened: ['code'],
  })
})

test.each(['upsert', 'append', 'full'] as const)(
  '%s: a key that looked like whole numbers becomes text when a file has another one, and is the key it was',
  async (mode) => {
    const key = `keys_${mode}`
    put(`${key}-1.csv`, 'id,day,n\n1,2024-01-31,a\n2,2024-02-01,b\n')
    const take = () => pulled(key, { mode, primary_key: ['id', 'day'] })
    await take()
    expect((await fieldsOf(engine, key)).map(({ type }) => type)).toEqual([
      'integer',
      'date',
      'text',
    ])
    put(`${key}-2.csv`, 'id,day,n\n1,2024-01-31,a\n01,2024-01-31,c\nx4,never,d\n')
    expect(await take()).toMatchObject({
      ...{ rejected: 0, removed: 0, widened: ['id', 'day'] },
      ...(mode === 'full' ? { received: 5 } : { received: 3, stored: 2, unchanged: 1 }),
    })
    put(`${key}-3.csv`, 'id,day,n\n2,2024-02-01,b\n3,2024-02-02,e\n')
    expect(await take()).toMatchObject({ rejected: 0, removed: 0, widened: [] })
    expect(await rows(key)).toEqual([
      { id: '01', day: '2024-01-31', n: 'c' },
      { id: '1', day: '2024-01-31', n: 'a' },
      { id: '2', day: '2024-02-01', n: 'b' },
      { id: '3', day: '2024-02-02', n: 'e' },
      { id: 'x4', day: 'never', n: 'd' },
    ])
  },
)

test('a key whose type was said, or whose conflicts are refused, keeps it', async () => {
  const said: readonly Partial<StreamDefinition>[] = [
    { fields: { id: { type: 'integer' } } },
    { contract: { schema: { properties: { id: { type: 'integer' } } } } },
    { contract: { conflict: 'reject' } },
  ]
  for (const [i, one] of said.entries()) {
    const stream: Partial<StreamDefinition> = { mode: 'upsert', primary_key: ['id'], ...one }
    put(`kept${i}-1.csv`, 'id\n1\n')
    await pulled(`kept${i}`, stream)
    put(`kept${i}-2.csv`, 'id\n2\nx4\n')
    expect(await pulled(`kept${i}`, stream)).toMatchObject({ stored: 1, rejected: 1 })
  }
})

test('a key with fractions is text, so that each is the one that was written', async () => {
  put('parts.csv', 'id\n1.1\n1.10\n')
  expect(await pulled('parts', { primary_key: ['id'] })).toMatchObject({ stored: 2 })
  expect(await rows('parts')).toEqual([{ id: '1.1' }, { id: '1.10' }])
})

test('a type that the definition says is kept: what does not fit stands beside it, or is rejected', async () => {
  const said: Partial<StreamDefinition> = {
    primary_key: ['id'],
    fields: { n: { type: 'integer' } },
  }
  put('said.csv', 'id,n\na,1\nb,x\n')
  expect(await pulled('said', said)).toMatchObject({ received: 2, stored: 2, rejected: 0 })
  expect(await rows('said')).toEqual([
    { id: 'a', n: 1, n__text: null },
    { id: 'b', n: null, n__text: 'x' },
  ])
  put('strict.csv', 'id,n\na,1\nb,x\n')
  const strict = await pulled('strict', { ...said, contract: { conflict: 'reject' } })
  expect(strict).toMatchObject({ received: 2, stored: 1, rejected: 1 })
  expect(await rejectedOf(engine, 'strict')).toMatchObject([{ record: 2, raw: 'b,x' }])
})

test('a type that is corrected later reads the file again', async () => {
  put('zip.csv', 'id,zip\na,100\nb,200\n')
  await pulled('zip', { primary_key: ['id'] })
  await pulled('zip', { primary_key: ['id'], fields: { zip: { type: 'text' } } })
  expect((await fieldsOf(engine, 'zip')).map(({ type }) => type)).toEqual(['text', 'text'])
  expect(await rows('zip')).toEqual([
    { id: 'a', zip: '100' },
    { id: 'b', zip: '200' },
  ])
})

test('rows that only come once are taken file by file, and never twice', async () => {
  put('log-1.csv', 'id\na\nb\n')
  await pulled('log', { mode: 'append', primary_key: ['id'] })
  put('log-2.csv', 'id\nb\nc\n')
  expect(await pulled('log', { mode: 'append', primary_key: ['id'] })).toMatchObject({
    received: 2,
    stored: 1,
    unchanged: 1,
  })
  expect(await ledgerOf(engine, 'log')).toMatchObject({
    received: 4,
    stored: 3,
    unchanged: 1,
    batches: 2,
  })
})

test('a file in which no line is an object has its records rejected, also where the stream has a key', async () => {
  put('onebad.ndjson', '[1]\n')
  const bad = { source: { path: 'onebad.ndjson' }, primary_key: ['id'] }
  expect(await pulled('onebad', bad)).toMatchObject({ received: 1, stored: 0, rejected: 1 })
  expect(await rejectedOf(engine, 'onebad')).toMatchObject([
    { record: 1, raw: '1', reason: 'not a JSON object' },
  ])
})

test('empty lines are no records: what is rejected behind them is counted, once, and has a place of its own', async () => {
  const text = 'id,n\na,1\n\n\n\n\n\nonly\nb,2\n\n\nc,3,4\n'
  put('gaps.csv', text)
  const first = await pulled('gaps', { mode: 'append' })
  expect(first).toMatchObject({ received: 4, stored: 2, rejected: 2, unchanged: 0 })
  put('gaps.csv', `${text}d,4\nonly\n`)
  const second = await pulled('gaps', { mode: 'append' })
  expect(second).toMatchObject({ received: 6, stored: 1, rejected: 1, unchanged: 4 })
  const ids = (await rejectedOf(engine, 'gaps')).map(({ id }) => id)
  expect(new Set(ids).size).toBe(3)
  expect(await ledgerOf(engine, 'gaps')).toMatchObject({ received: 10, stored: 3, rejected: 3 })
})

test('a file that cannot be read is told by its name, and does not keep back the others', async () => {
  put('broken-1.json', '[{"id":1} {"id":2}]')
  put('broken-2.json', '[{"id":3}]')
  put('broken-3.json', '[{"id":4},')
  await expect(pulled('broken', { mode: 'append', source: { path: 'broken*' } })).rejects.toThrow(
    /broken-1.json cannot be read: it is no sound JSON at record 2 .*\n.*broken-3.json is damaged/,
  )
  expect(await rows('broken')).toEqual([{ id: 3 }])
  writeFileSync(join(files, 'cut.parquet'), `PAR1${'.'.repeat(99)}PAR1`)
  await expect(pulled('cut', { source: { path: 'cut.parquet' } })).rejects.toThrow(
    /^cut.parquet cannot be read: [a-zA-Z ,;]+$/,
  )
})

test.each([
  ['semicolons.csv', 'id;n;t\n1;2;"a;b"\n;3;"c;""d"', ';3;"c;""d"'],
  ['escaped.csv', 'id,n,t\n1,2,"a \\"b\\", c"\nx,y,"a \\"b\\", c"', 'x,y,"a \\"b\\", c"'],
  ['returns.csv', 'id,n,t\r\n1,2,a\r\n1,2,"x, y"\r\n2,3,"b\r\nc",4\r\n', '2,3,"b\r\nc",4'],
  ['few.csv', 'id,n,t\n1,2,a\n\n2,3\n1,2,b\n1,2,c\n', '2,3'],
  ['objects.ndjson', '{"id":1}\n{"n" : [1, 2], "t":"|"}\n', '{"n" : [1, 2], "t":"|"}'],
])('what is rejected is kept as it came: %s', async (name, text, raw) => {
  put(name, text)
  const key = name.replace(/\..*/, '')
  const fields = { n: { type: 'integer' } } as const
  const of = name.endsWith('.csv') ? { fields } : {}
  const stream = { ...of, source: { path: name }, primary_key: ['id'] }
  await pulled(key, { ...stream, contract: { conflict: 'reject' } })
  expect((await rejectedOf(engine, key)).map((one) => one['raw'])).toEqual([raw])
})

test('a line that is too long is rejected, and nothing else', async () => {
  put('long.ndjson', `{"id":1}\n{"id":2,"t":"${'x'.repeat(17 * 1024 ** 2)}"}\n{"id":3}\nbad\n`)
  await pulled('long', { source: { path: 'long.ndjson' } })
  expect(await rows('long')).toEqual([{ id: 1 }, { id: 3 }])
  expect(await rejectedOf(engine, 'long')).toMatchObject([
    { record: 2, reason: 'too long: more than 16 MiB' },
    { record: 4, reason: 'not a JSON object' },
  ])
})

test('what a Parquet file has typed otherwise stands beside its column instead of being cut to fit', async () => {
  const values = sql`select * from (values ('01', 1.6::double, 2::double, 3), ('2', null, 1e300, 4)) t (id, a, b, c)`
  await engine.writeParquet(values, join(files, 'typed.parquet'))
  const fields = Object.fromEntries(
    ['id', 'a', 'b'].map((name) => [name, { type: 'integer' as const }]),
  )
  await pulled('typed', { source: { path: 'typed.parquet' }, fields })
  expect(await rows('typed')).toEqual([
    { id: 2, a: null, b: null, c: 4, id__text: null, a__text: null, b__text: '1e+300' },
    { id: null, a: null, b: 2, c: 3, id__text: '01', a__text: '1.6', b__text: null },
  ])
})

test('says which field of the key the source does not have', async () => {
  put('key.csv', 'id\na\n')
  await expect(pulled('key', { primary_key: ['idd'] })).rejects.toMatchObject({
    code: 'streams.key_not_in_source',
    message: expect.stringContaining('did you mean "id"'),
  })
})

test('says that there is nothing', async () => {
  await expect(pulled('nowhere', {})).rejects.toMatchObject({ code: 'connectors.no_such_file' })
})

test('a file without a sound record is taken for what it rejects', async () => {
  const nothing = (content: string) =>
    defineConnector({
      key: 'nothing',
      label: 'Nothing',
      about: 'Lines that are no records.',
      settings: object({}),
      source: object({}),
      list: async () => [],
      async *read({ signal }) {
        const { path, sizeBytes } = await spool.write(Readable.from([content]), signal)
        const file = {
          format: 'ndjson',
          compressed: false,
          encoding: 'utf-8',
          path,
          sizeBytes,
        } as const
        yield { name: 'lines', fingerprint: content, file, cursor: 'c1' }
      },
    })
  const take = (content: string) =>
    pull(
      {
        engine,
        spool,
        now: () => new Date(),
        connectors: { list: () => [], get: () => nothing(content) },
      },
      {
        key: 'garbage',
        stream: { connection: 'n', source: {}, mode: 'append', category: 'other' },
        connection: { connector: 'nothing', settings: {} },
        signal: AbortSignal.timeout(20_000),
      },
    )
  expect(await take('no json\n[1]\n')).toMatchObject({ received: 2, stored: 0, rejected: 2 })
  expect(await take('')).toMatchObject({ received: 0, stored: 0, rejected: 0 })
  expect(await take('{"id":1}\nno\n')).toMatchObject({ received: 2, stored: 1, rejected: 1 })
  expect(await ledgerOf(engine, 'garbage')).toMatchObject({ received: 4, stored: 1, rejected: 3 })
})
