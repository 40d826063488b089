import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { readFiles } from '#definitions'
import { memoryDefinitions } from '#definitions/testing'
import { sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { ledgerOf, prepareLake, rejectedOf, sameFilesOf } from '#lake'
import type { StreamDefinition } from './definition.ts'
import { connectionKind, streamKind } from './kinds.ts'
import { noteOn } from './note.ts'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })
const connectors = makeConnectors({
  ...nowhere,
  baseFolder: folder,
  closedFolders: [],
  uploadsFolder: folder,
})

let seconds = 0
const pulled = (
  key: string,
  same_file?: NonNullable<StreamDefinition['same_file']>,
  mode: StreamDefinition['mode'] = 'append',
) =>
  pull(
    { engine, connectors, spool, now: () => new Date(1_700_000_000_000 + ++seconds * 1000) },
    {
      key,
      stream: {
        connection: 'files',
        source: { path: '**/*.csv' },
        mode,
        category: 'other',
        fields: { who: { type: 'text' }, n: { type: 'integer' } },
        contract: { conflict: 'reject' },
        ...(same_file ? { same_file } : {}),
      },
      connection: { connector: 'files', settings: { folder: key } },
      signal: AbortSignal.timeout(20_000),
    },
  )

function put(path: string, ...lines: readonly string[]) {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `who,n\n${lines.map((line) => `${line}\n`).join('')}`)
}

function move(from: string, to: string) {
  mkdirSync(dirname(join(folder, to)), { recursive: true })
  renameSync(join(folder, from), join(folder, to))
}

const held = async (key: string) => {
  const rows = await engine.rows(sql`select who, n from ${table('lake', key)}`)
  return rows.map(({ who, n }) => `${who},${n}`).sort()
}

const ledger = async (key: string) => {
  const { received, stored, unchanged, rejected } = await ledgerOf(engine, key)
  expect(stored + unchanged + rejected).toBe(received)
  return { received, stored, unchanged, rejected }
}

test('a file that was moved is left out, which is told; what it brings later comes', async () => {
  put('moved/in/a.csv', 'a,1', 'a,1', 'b,x')
  expect(await pulled('moved')).toMatchObject({ stored: 2, rejected: 1, copies: [] })
  move('moved/in/a.csv', 'moved/archive/a.csv')
  const again = await pulled('moved')
  expect(again).toMatchObject({ received: 3, stored: 0, unchanged: 3, rejected: 0, batches: 1 })
  expect(noteOn(again)).toBe(
    'archive/a.csv holds the same as in/a.csv, which was read on 2023-11-14 at 22:13: its 3 records did not come again (same_file: again takes them)',
  )
  expect(await sameFilesOf(engine, 'moved')).toMatchObject([
    { name: 'archive/a.csv', sameAs: 'in/a.csv', records: 3, came: false },
  ])
  expect(await pulled('moved')).toMatchObject({ batches: 0, copies: [] })

  put('moved/archive/a.csv', 'a,1', 'a,1', 'b,x', 'a,1', 'c,2', 'd,y')
  expect(await pulled('moved')).toMatchObject({ received: 6, stored: 2, unchanged: 3, rejected: 1 })
  expect(await held('moved')).toEqual(['a,1', 'a,1', 'a,1', 'c,2'])
  expect((await rejectedOf(engine, 'moved')).map(({ raw }) => raw).sort()).toEqual(['b,x', 'd,y'])
  expect(await ledger('moved')).toEqual({ received: 12, stored: 4, unchanged: 6, rejected: 2 })
})

test('copies that come together with what they are copies of are left out as well', async () => {
  put('together/a.csv', 'a,1')
  put('together/a (copy).csv', 'a,1')
  put('together/b.csv', 'a,1', 'b,2')
  // Nothing is a copy of nothing.
  put('together/empty 1.csv')
  put('together/empty 2.csv')
  const first = await pulled('together')
  expect(first).toMatchObject({ received: 4, stored: 3, unchanged: 1 })
  expect(first.copies).toHaveLength(1)
  expect(await held('together')).toEqual(['a,1', 'a,1', 'b,2'])
})

test('where copies are wanted they come, also those that were left out before, once', async () => {
  put('wanted/monday.csv', 'a,1')
  put('wanted/tuesday.csv', 'a,1')
  expect(await pulled('wanted')).toMatchObject({ stored: 1, unchanged: 1 })
  const again = await pulled('wanted', 'again')
  expect(again).toMatchObject({ received: 1, stored: 1, unchanged: 0 })
  expect(noteOn(again)).toContain('its 1 record came again (same_file: skip leaves such files out)')
  expect(await held('wanted')).toEqual(['a,1', 'a,1'])
  expect(await pulled('wanted', 'again')).toMatchObject({ batches: 0 })
  expect(await pulled('wanted')).toMatchObject({ batches: 0 })
  // What it was left out for says nothing of it any more.
  put('wanted/tuesday.csv', 'a,1', 'a,1')
  expect(await pulled('wanted', 'again')).toMatchObject({ received: 2, stored: 1, unchanged: 1 })
  expect(await ledger('wanted')).toEqual({ received: 5, stored: 3, unchanged: 2, rejected: 0 })
})

test('where everything comes whole, files that hold the same are told', async () => {
  put('whole/a.csv', 'a,1')
  put('whole/b.csv', 'a,1')
  put('whole/c.csv', 'a,2')
  const first = await pulled('whole', undefined, 'full')
  expect(first).toMatchObject({ stored: 3, twins: [{ name: 'b.csv', other: 'a.csv' }] })
  expect(noteOn(first)).toBe('b.csv holds the same as a.csv; the rows of both are there')
})

test('only streams whose rows have no key and come once are asked what becomes of copies', async () => {
  const { definitions, store } = await memoryDefinitions([
    connectionKind(connectors),
    streamKind({ connectors, problemWithSchedule: () => undefined }),
  ])
  const problems = async (how: string) => {
    const text = `{ kind: connection, key: files, connector: files, settings: { folder: . } }
---
{ kind: stream, key: one, connection: files, source: { path: a.csv }, category: other, same_file: again, ${how} }`
    const plan = await definitions.plan(readFiles([{ file: 'test.yaml', text }]))
    return plan.problems.map(({ code, at }) => `${code} ${at}`)
  }
  expect(await problems('mode: append')).toEqual([])
  const refused = [expect.stringMatching(/^streams\.no_copies .* same_file$/)]
  expect(await problems('mode: full')).toEqual(refused)
  expect(await problems('mode: append, primary_key: [id]')).toEqual(refused)
  await store.close()
})
