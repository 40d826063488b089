import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderEngine } from '#engine/testing'
import { ledgerOf, prepareLake } from '#lake'
import { type Bulk, loadBulk } from './bulk.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)

const fields = ['id', 'name'].map((name) => ({ label: name, name, type: 'text' as const }))

function load(mode: Bulk['mode'], name: string, text: string) {
  const path = join(folder, name)
  writeFileSync(path, text)
  const columns = text.slice(0, text.indexOf('\n')).split(',')
  return loadBulk(
    { engine, now: () => new Date(1_700_000_000_000) },
    {
      stream: 'people',
      mode,
      primaryKey: ['id'],
      fields,
      onConflict: 'side',
      files: [{ name, fingerprint: name, path, compressed: false, columns }],
      signal: AbortSignal.timeout(10_000),
      onFile: () => {},
    },
  )
}

test('keys that name a row are deleted, those that name none unchanged, empty ones rejected, and the ledger balances', async () => {
  await load('upsert', 'all.csv', 'id,name\na,Ada\nb,Bob\nc,Cy\n')
  const deletion = 'id\na\nb\nb\nnobody\n\n'
  const counts = { received: 5, stored: 0, unchanged: 2, rejected: 1, removed: 2 }
  expect(await load('delete', 'gone.csv', deletion)).toEqual(counts)
  expect(await load('delete', 'gone.csv', deletion)).toEqual(counts)
  const { received, stored, unchanged, rejected, deleted } = await ledgerOf(engine, 'people')
  expect({ received, stored, unchanged, deleted }).toEqual({
    received: 8,
    stored: 3,
    unchanged: 2,
    deleted: 2,
  })
  expect(stored + unchanged + rejected + deleted).toBe(received)
})
