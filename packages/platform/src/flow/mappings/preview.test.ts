import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { catalogueOf } from '#definitions'
import { sql } from '#engine'
import { folderEngine } from '#engine/testing'
import { prepareLake, take } from '#lake'
import { modelTable } from '#model'
import { modelRefresher } from './mappings.ts'
import { previewMapping, proposeFor } from './preview.ts'
import { prepareMappings } from './refresh.ts'

const { engine, folder } = await folderEngine()
const objects = [
  {
    object: 'individual',
    where: "kind = 'person'",
    fields: { id: 'id', first_name: 'upper(first)', birth_date: 'born' },
  },
  {
    object: 'contact_point_email',
    fields: { id: 'id', individual_id: 'id', email_address: 'post' },
  },
]
const mapping = { stream: 'crm', qualifier: 'crm', objects }
const stream = { connection: 'files', source: {}, mode: 'full', category: 'profile' }
const all = catalogueOf([
  { kind: 'stream', key: 'crm', body: stream },
  { kind: 'stream', key: 'quiet', body: stream },
  { kind: 'mapping', key: 'crm', body: mapping },
])
const tools = { engine, catalogue: async () => all }

beforeAll(async () => {
  await prepareLake(engine)
  await prepareMappings(engine)
  const path = join(folder, 'crm.csv')
  const names = ['id', 'first', 'born', 'post', 'kind']
  writeFileSync(
    path,
    `${names.join(',')}\n1,Ada,1815-12-10,ada@x.org,person\n2,Bo,no day,bo@x.org,person\n3,Acme,,info@acme.org,firm\n`,
  )
  const file = {
    format: 'csv',
    path,
    compressed: false,
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: true,
    columns: names.map((name) => ({ name, label: name, empty: false })),
  } as const
  await take(engine, {
    stream: 'crm',
    mode: 'full',
    primaryKey: ['id'],
    known: [],
    files: (async function* () {
      const fields = names.map((name) => ({ label: name, name, type: 'text' as const }))
      yield { name: 'crm.csv', fingerprint: 'crm.csv', file, fields }
    })(),
    at: new Date(0),
    signal: AbortSignal.timeout(10_000),
  })
})

test('a preview shows what a refresh would keep, row by row, and what would be lost', async () => {
  const { source, objects: shown } = await previewMapping(tools, mapping)
  expect(source.map(({ first }) => first)).toEqual(['Ada', 'Bo', 'Acme'])
  expect(shown[0]?.rows).toMatchObject([
    { row: 0, values: { id: '1', first_name: 'ADA' }, lost: [] },
    { row: 1, values: { id: '2', first_name: 'BO', birth_date: null }, lost: ['birth_date'] },
  ])
  expect(shown[1]?.rows).toHaveLength(3)
  const how = { signal: AbortSignal.timeout(10_000), progress: () => {}, scope: 'whole' } as const
  const node = {
    key: 'model:individual',
    kind: 'model',
    label: 'Individual',
    inputs: [],
    definition: '',
    freshness: 'live',
    position: 0,
  } as const
  await modelRefresher(tools)(node, { ...how, from: {}, to: {} })
  const kept = await engine.rows(
    sql`select id, first_name, birth_date from ${modelTable('individual')} order by id`,
  )
  expect(kept.map((row) => ({ ...row }))).toEqual(shown[0]?.rows.map(({ values }) => values))
})

test('only as many rows are looked at as one asks for', async () => {
  const { source, objects: shown } = await previewMapping(tools, { ...mapping, rows: 1 })
  expect([source.length, shown[0]?.rows.length]).toEqual([1, 1])
})

test('everything that is wrong is told with its place', async () => {
  const fields = { id: 'id', first_name: 'firts', nickname: 'first', gender: 'upper(' }
  const wrong = { ...mapping, objects: [{ object: 'individual', fields }] }
  const thrown = await previewMapping(tools, wrong).catch((fault) => fault)
  expect(thrown.problems.map(({ at }: { at: string }) => at).toSorted()).toEqual([
    'objects[0].fields.first_name.line 1, column 1',
    'objects[0].fields.gender.line 1, column 6',
    'objects[0].fields.nickname',
  ])
  const quiet = { ...mapping, stream: 'quiet' }
  await expect(previewMapping(tools, quiet)).rejects.toMatchObject({
    code: 'mappings.nothing_arrived',
  })
  await expect(previewMapping(tools, { ...mapping, stream: 'crn' })).rejects.toMatchObject({
    code: 'mappings.unknown_stream',
  })
})

test('a mapping is proposed by names and by what the rows hold', async () => {
  const { found, mapping: proposed } = await proposeFor(tools, 'crm')
  expect(found).toBe(true)
  expect(proposed?.objects.map(({ object }) => object)).toContain('contact_point_email')
  expect(JSON.stringify(proposed)).toContain('"email_address":"post"')
})
