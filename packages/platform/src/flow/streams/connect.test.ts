import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Connectors, makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { connectorViews, lookAtSource, tryConnection } from './connect.ts'

const { engine, folder } = await folderEngine()
const files = join(folder, 'files')
mkdirSync(files)
writeFileSync(join(files, 'people.csv'), 'id,born\n1,1815-12-10\n2,\n')
const connectors = makeConnectors({
  ...nowhere,
  baseFolder: folder,
  closedFolders: [],
  uploadsFolder: join(folder, 'uploads'),
})
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })
const tools = { connectors, engine, spool }
const signal = AbortSignal.timeout(20_000)
const of = { connector: 'files', settings: { folder: 'files' }, signal }

test('every connector tells what it asks for', () => {
  const views = connectorViews(tools)
  expect(views.map(({ key }) => key)).toContain('postgres')
  const found = views.find(({ key }) => key === 'files')
  expect(found?.settings).toMatchObject({ properties: { folder: { type: 'string' } } })
  expect(views.find(({ key }) => key === 'events')?.receives).toBe(true)
})

test('what could be taken is listed, and looked into, before anything is defined', async () => {
  const { offers, all } = await tryConnection(tools, of)
  expect([all, offers[0]?.source]).toEqual([1, { path: 'people.csv' }])
  const { fields } = await lookAtSource(tools, { ...of, source: offers[0]!.source })
  expect(fields).toMatchObject([
    { name: 'id', type: 'integer', filled: 1 },
    { name: 'born', type: 'date', filled: 0.5, examples: ['1815-12-10'] },
  ])
})

test('settings that are wrong are refused with their places; what is not there is told', async () => {
  await expect(tryConnection(tools, { ...of, settings: {} })).rejects.toMatchObject({
    status: 422,
    problems: [{ at: 'settings.folder' }],
  })
  await expect(
    lookAtSource(tools, { ...of, source: { path: 'nobody*.csv' } }),
  ).rejects.toMatchObject({ status: 404 })
})

test('a system that stays silent is given up, in words', async () => {
  const silent = {
    list: ({ signal: until }: { signal: AbortSignal }) =>
      new Promise((_, reject) => {
        until.addEventListener('abort', () => reject(until.reason))
      }),
  }
  const known = { get: () => silent, list: () => [] } as unknown as Connectors
  await expect(
    tryConnection({ ...tools, connectors: known, patienceMs: 20 }, of),
  ).rejects.toMatchObject({ code: 'streams.no_answer', status: 504 })
})
