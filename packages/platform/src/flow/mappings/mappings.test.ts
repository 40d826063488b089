import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogueOf } from '#definitions'
import { sql } from '#engine'
import { folderEngine } from '#engine/testing'
import { prepareLake, take } from '#lake'
import { modelTable } from '#model'
import { modelNodes, modelRefresher } from './mappings.ts'
import { prepareMappings } from './refresh.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
await prepareMappings(engine)

const inSpace = (space: string) =>
  catalogueOf([
    {
      kind: 'stream',
      key: 'crm',
      body: { connection: 'files', source: {}, mode: 'full', category: 'profile', space },
    },
    {
      kind: 'mapping',
      key: 'crm',
      body: {
        stream: 'crm',
        qualifier: 'crm',
        objects: [{ object: 'individual', fields: { id: 'id' } }],
      },
    },
  ])

test('a stream that moves to another data space takes the rows of the model along', async () => {
  const path = join(folder, 'crm.csv')
  writeFileSync(path, 'id\n1\n')
  const file = {
    format: 'csv',
    path,
    compressed: false,
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: true,
    columns: [{ name: 'id', label: 'id', empty: false }],
  } as const
  await take(engine, {
    stream: 'crm',
    mode: 'full',
    primaryKey: ['id'],
    known: [],
    files: (async function* () {
      const fields = [{ label: 'id', name: 'id', type: 'text' as const }]
      yield { name: 'crm.csv', fingerprint: 'crm.csv', file, fields }
    })(),
    at: new Date(0),
    signal: AbortSignal.timeout(10_000),
  })
  const rowsIn = async (space: string) => {
    const all = inSpace(space)
    const [node] = modelNodes(all, new Map())
    const how = { signal: AbortSignal.timeout(10_000), progress: () => {}, scope: 'whole' } as const
    await modelRefresher({ engine, catalogue: async () => all })(node!, {
      ...how,
      from: {},
      to: {},
    })
    const [row] = await engine.rows(sql`select _space, _key from ${modelTable('individual')}`)
    return { node, ...row }
  }
  const before = await rowsIn('default')
  const after = await rowsIn('eu')
  expect(after.node?.definition).not.toBe(before.node?.definition)
  expect([before, after]).toMatchObject([{ _space: 'default' }, { _space: 'eu' }])
  expect(after).not.toHaveProperty('_key', (before as { _key?: unknown })._key)
})
