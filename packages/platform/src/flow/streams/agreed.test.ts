import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { fieldsOf, ledgerOf, prepareLake, rejectedOf } from '#lake'
import { loadBulk } from './bulk.ts'
import type { StreamDefinition } from './definition.ts'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
mkdirSync(join(folder, 'files'))
const connectors = makeConnectors({
  ...nowhere,
  baseFolder: folder,
  closedFolders: [],
  uploadsFolder: folder,
})
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })
const put = (name: string, text: string) => writeFileSync(join(folder, 'files', name), text)

const pulled = (key: string, path: string, stream: Partial<StreamDefinition>) =>
  pull(
    { engine, connectors, spool, now: () => new Date(1_700_000_000_000) },
    {
      key,
      stream: {
        connection: 'files',
        source: { path },
        mode: 'upsert',
        primary_key: ['id'],
        category: 'other',
        ...stream,
      },
      connection: { connector: 'files', settings: { folder: 'files' } },
      signal: AbortSignal.timeout(20_000),
    },
  )

const rows = (key: string) =>
  engine.rows(sql`select * exclude (_position, _event) from ${table('lake', key)} order by id`)

/** What was rejected, by the number of the record. */
const refused = async (key: string) =>
  Object.fromEntries(
    (await rejectedOf(engine, key)).map(({ record, reason }) => [record, String(reason)]),
  )

const balance = async (key: string) => {
  const { received, stored, unchanged, rejected } = await ledgerOf(engine, key)
  expect(stored + unchanged + rejected).toBe(received)
  return { received, stored, rejected }
}

const schema = {
  type: 'object',
  required: ['id', 'Plan'],
  properties: {
    id: { type: 'string' },
    Plan: { type: 'string', enum: ['free', 'paid'] },
    Seats: { type: 'integer', minimum: 1 },
    Zip: { type: 'string' },
    Active: { type: 'boolean' },
  },
}

const people = `id,Plan,Seats,Zip,Active
a,free,1,01234,true
b,gold,1,,
c,paid,many,1,false
d,paid,0,1,
e,,3,1,
f,paid,,,maybe
g,paid,5,99999,true
`

test('rows of files that are not as agreed are rejected with what is wrong, and the ledger balances', async () => {
  put('agreed.csv', people)
  expect(await pulled('agreed', 'agreed.csv', { contract: { schema } })).toMatchObject({
    received: 7,
    stored: 2,
    rejected: 5,
  })
  expect(await refused('agreed')).toEqual({
    2: expect.stringMatching(/^Plan .*free, paid/),
    3: expect.stringMatching(/^Seats must be integer/),
    4: expect.stringMatching(/^Seats must be >= 1/),
    5: expect.stringMatching(/Plan/),
    6: expect.stringMatching(/^Active must be boolean/),
  })
  // What the contract calls text is not taken for a number.
  expect(await rows('agreed')).toEqual([
    { id: 'a', plan: 'free', seats: 1, zip: '01234', active: true },
    { id: 'g', plan: 'paid', seats: 5, zip: '99999', active: true },
  ])
  expect(await balance('agreed')).toEqual({ received: 7, stored: 2, rejected: 5 })
  const [first] = await rejectedOf(engine, 'agreed')
  expect(JSON.parse(String(first?.['raw']))).toEqual({ id: 'b', Plan: 'gold', Seats: 1 })
})

test('the engine and the validator agree on what is as agreed', async () => {
  const plans = ['free', 'paid', 'gold', '']
  const lines = Array.from({ length: 400 }, (_, i) => {
    const pick = (n: number, all: readonly string[]) => all[(i * n + (i >> 2)) % all.length]
    const seats = pick(7, ['1', '0', '', '-3', '12', '2.5', 'x', '9007199254740993'])
    return [
      `r${i}`,
      pick(3, plans),
      seats,
      pick(5, ['01', '', '99']),
      pick(11, ['true', 'false', '', 'yes']),
    ].join(',')
  })
  put('both.csv', `id,Plan,Seats,Zip,Active\n${lines.join('\n')}\n`)
  await pulled('quick', 'both.csv', { contract: { schema } })
  // A word that the engine does not know: every row is looked at.
  await pulled('slow', 'both.csv', { contract: { schema: { ...schema, maxProperties: 99 } } })
  expect(await refused('quick')).toEqual(await refused('slow'))
  expect(await rows('quick')).toEqual(await rows('slow'))
  const { stored, rejected } = await balance('quick')
  expect([stored, rejected].every((n) => n > 20)).toBe(true)
})

test('what is no number, or none that ends, is not as agreed', async () => {
  put('odd.csv', 'id,Price\na,1.5\nb,nan\nc,inf\nd,free\ne,\n')
  const odd = { type: 'object', properties: { Price: { type: 'number' } } }
  await pulled('odd', 'odd.csv', { contract: { schema: odd } })
  await pulled('odd_slow', 'odd.csv', { contract: { schema: { ...odd, maxProperties: 9 } } })
  const reason = expect.stringMatching(/^Price must be number/)
  expect(await refused('odd')).toEqual({ 2: reason, 3: reason, 4: reason })
  expect(await refused('odd_slow')).toEqual(await refused('odd'))
  await balance('odd')
})

test.each(['allow', 'warn', 'reject'] as const)('unknown fields: %s', async (unknown) => {
  // Called as something that every object has.
  const text = 'id,Plan,constructor\na,free,red\nb,paid,\n'
  put('unknown.csv', text)
  const contract = { schema, unknown }
  const done = await pulled(`unknown_${unknown}`, 'unknown.csv', { contract })
  const names = (await fieldsOf(engine, `unknown_${unknown}`)).map(({ name }) => name)
  expect(done.strangers).toEqual(unknown === 'warn' ? ['constructor'] : [])
  expect(names.includes('constructor')).toBe(unknown !== 'reject')
  expect(await refused(`unknown_${unknown}`)).toEqual(
    unknown === 'reject' ? { 1: expect.stringContaining('constructor') } : {},
  )
  await balance(`unknown_${unknown}`)
})

test.each(['warn', 'reject'] as const)('unknown members within a record: %s', async (unknown) => {
  put(
    'nested.ndjson',
    '{"id":"a","home":{"city":"Bonn"}}\n{"id":"b","home":{"city":"Ulm","floor":3}}\n{"id":"c","home":{"city":7}}\n',
  )
  const home = { type: 'object', properties: { city: { type: 'string' } } }
  const contract = { schema: { properties: { id: { type: 'string' }, home } }, unknown }
  const done = await pulled(`nested_${unknown}`, 'nested.ndjson', { contract })
  expect(done.strangers).toEqual(unknown === 'warn' ? ['home.floor'] : [])
  expect(await refused(`nested_${unknown}`)).toEqual({
    ...(unknown === 'reject' ? { 2: expect.stringContaining('floor') } : {}),
    3: expect.stringMatching(/^home\.city must be string/),
  })
})

test.each([
  ['array', ['x', 'y']],
  ['object', { a: 1 }],
])('one record that is not as agreed keeps out no other: %s', async (type, good) => {
  const contract = { schema: { properties: { t: { type } } } }
  const [name, late] = [`lists_${type}`, `lists_late_${type}`]
  const lines = [
    { id: 1, t: good },
    { id: 2, t: 's' },
  ]
  put(`${name}.ndjson`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  await pulled(name, `${name}.ndjson`, { contract })
  expect(await refused(name)).toEqual({ 2: expect.stringContaining(`t must be ${type}`) })
  // The column is text already.
  await pulled(late, `${name}.ndjson`, {})
  put(`${late}.ndjson`, `${JSON.stringify({ id: 3, t: good })}\n`)
  await pulled(late, `${late}.ndjson`, { contract })
  expect(await refused(late)).toEqual({})
  await balance(late)
})

test('a full delivery keeps out what is not as agreed, and a contract may come later', async () => {
  put('full.csv', 'id,Plan\na,free\nb,gold\n')
  const full = { mode: 'full' as const }
  expect(await pulled('full', 'full.csv', full)).toMatchObject({ stored: 2 })
  put('full.csv', 'id,Plan,Seats\na,paid,2\nb,gold,2\nc,free,x\n')
  expect(await pulled('full', 'full.csv', { ...full, contract: { schema } })).toMatchObject({
    received: 3,
    stored: 1,
    rejected: 2,
    removed: 1,
  })
  expect(await rows('full')).toEqual([{ id: 'a', plan: 'paid', seats: 2 }])
})

test('files in bulk pass by the contract as others do', async () => {
  const path = join(folder, 'files', 'bulk.csv')
  writeFileSync(path, 'ID,plan\na,free\nb,gold\n')
  const fields = ['id', 'Plan'].map((label) => {
    return { label, name: label.toLowerCase(), type: 'text' as const }
  })
  const counts = await loadBulk(
    { engine, now: () => new Date(1_700_000_000_000) },
    {
      stream: 'bulk',
      mode: 'upsert',
      primaryKey: ['id'],
      fields,
      onConflict: 'side',
      contract: { schema, unknown: 'reject' },
      files: [
        { name: 'bulk.csv', fingerprint: 'b1', path, compressed: false, columns: ['ID', 'plan'] },
      ],
      signal: AbortSignal.timeout(10_000),
      onFile: () => {},
    },
  )
  expect(counts).toMatchObject({ received: 2, stored: 1, rejected: 1 })
  expect(await refused('bulk')).toEqual({ 2: expect.stringMatching(/^Plan /) })
})

test('rows in bulk that lack what is needed are rejected, with and without a contract', async () => {
  for (const contract of [undefined, { schema, unknown: 'allow' as const }]) {
    const stream = contract ? 'needed_agreed' : 'needed'
    const path = join(folder, 'files', `${stream}.csv`)
    writeFileSync(path, 'ID,plan,name\na,free,Ada\nb,free,\n,free,Cy\n')
    const counts = await loadBulk(
      { engine, now: () => new Date(1_700_000_000_000) },
      {
        stream,
        mode: 'upsert',
        primaryKey: ['id'],
        fields: ['id', 'Plan', 'name'].map((label) => {
          return { label, name: label.toLowerCase(), type: 'text' as const }
        }),
        onConflict: 'side',
        contract,
        needed: ['name'],
        files: [
          {
            ...{ name: stream, fingerprint: stream, path, compressed: false },
            columns: ['ID', 'plan', 'name'],
          },
        ],
        signal: AbortSignal.timeout(10_000),
        onFile: () => {},
      },
    )
    expect(counts).toMatchObject({ received: 3, stored: 1, rejected: 2 })
    expect(await rows(stream)).toEqual([{ id: 'a', plan: 'free', name: 'Ada' }])
    expect(await refused(stream)).toMatchObject({ 2: expect.stringContaining('name') })
  }
})
