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
import { ledgerOf, prepareLake, sameFilesOf } from '#lake'
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
  more: Partial<StreamDefinition> = {},
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
        ...more,
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

test('nothing is left out that nobody asked to leave out; copies are told', async () => {
  put('usual/a.csv', 'a,1')
  put('usual/b.csv', 'a,1')
  const first = await pulled('usual')
  expect(first).toMatchObject({ received: 2, stored: 2, unchanged: 0 })
  expect(noteOn(first)).toContain('its 1 record came again (same_file: skip leaves such files out)')
  expect(await sameFilesOf(engine, 'usual')).toMatchObject([{ sameAs: 'a.csv', came: true }])
})

test('a file that was moved is left out where that is asked for, and told; what it brings later comes', async () => {
  put('moved/in/a.csv', 'a,1', 'a,1', 'b,3')
  expect(await pulled('moved', 'skip')).toMatchObject({ stored: 3, copies: [] })
  move('moved/in/a.csv', 'moved/archive/a.csv')
  const again = await pulled('moved', 'skip')
  expect(again).toMatchObject({ received: 3, stored: 0, unchanged: 3, rejected: 0, batches: 1 })
  expect(noteOn(again)).toBe(
    'archive/a.csv holds the same as in/a.csv, which was read on 2023-11-14 at 22:13: its 3 records did not come again (same_file: again takes them)',
  )
  expect(await sameFilesOf(engine, 'moved')).toMatchObject([
    { name: 'archive/a.csv', sameAs: 'in/a.csv', records: 3, came: false },
  ])
  expect(await pulled('moved', 'skip')).toMatchObject({ batches: 0, copies: [] })

  put('moved/archive/a.csv', 'a,1', 'a,1', 'b,3', 'a,1', 'c,2', 'd,y')
  const more = await pulled('moved', 'skip')
  expect(more).toMatchObject({ received: 6, stored: 2, unchanged: 3, rejected: 1 })
  expect(await held('moved')).toEqual(['a,1', 'a,1', 'a,1', 'b,3', 'c,2'])
  expect(await ledger('moved')).toEqual({ received: 12, stored: 5, unchanged: 6, rejected: 1 })

  // What was left out, and has grown since, may be moved in its turn.
  move('moved/archive/a.csv', 'moved/old/a.csv')
  const moved = await pulled('moved', 'skip')
  expect(moved).toMatchObject({ received: 6, stored: 0, unchanged: 6 })
  put('moved/old/a.csv', 'a,1', 'a,1', 'b,3', 'a,1', 'c,2', 'd,y', 'a,1', 'e,3', 'd,y')
  const last = await pulled('moved', 'skip')
  expect(last).toMatchObject({ received: 9, stored: 2, unchanged: 6, rejected: 1 })
  expect(await held('moved')).toEqual(['a,1', 'a,1', 'a,1', 'a,1', 'b,3', 'c,2', 'e,3'])
})

test('a moved file that is moved again, and grows in each place, brings only what is new', async () => {
  const all = ['a,1', 'a,1', 'b,2']
  put('twice/in/a.csv', ...all)
  await pulled('twice', 'skip')
  move('twice/in/a.csv', 'twice/archive/a.csv')
  expect(await pulled('twice', 'skip')).toMatchObject({ stored: 0, unchanged: 3 })
  put('twice/archive/a.csv', ...all, 'c,3')
  expect(await pulled('twice', 'skip')).toMatchObject({ stored: 1, unchanged: 3 })
  move('twice/archive/a.csv', 'twice/old/a.csv')
  expect(await pulled('twice', 'skip')).toMatchObject({ stored: 0, unchanged: 4 })
  put('twice/old/a.csv', ...all, 'c,3', 'd,4')
  expect(await pulled('twice', 'skip')).toMatchObject({ stored: 1, unchanged: 4 })
  expect(await held('twice')).toEqual(['a,1', 'a,1', 'b,2', 'c,3', 'd,4'])
})

test('what the original of a copy brings later is no reason to leave out what the copy brings', async () => {
  put('tills/till1.csv', 'p,1')
  put('tills/till2.csv', 'p,1')
  expect(await pulled('tills', 'skip')).toMatchObject({ stored: 1, unchanged: 1 })
  put('tills/till1.csv', 'p,1', 'p,2', 'q,x')
  put('tills/till2.csv', 'p,1', 'p,2', 'p,3', 'q,x')
  expect(await pulled('tills', 'skip')).toMatchObject({ stored: 3, unchanged: 2, rejected: 2 })
  expect(await held('tills')).toEqual(['p,1', 'p,2', 'p,2', 'p,3'])
})

test('a copy of what was rejected is no copy to leave out: it brings what can be taken by now', async () => {
  const from = (n: number) => ({
    contract: { conflict: 'reject' as const, schema: { properties: { n: { minimum: n } } } },
  })
  put('refused/a.csv', 'a,10', 'b,20', 'c,x')
  expect(await pulled('refused', 'skip', 'append', from(15))).toMatchObject({
    stored: 1,
    rejected: 2,
  })
  put('refused/a2.csv', 'a,10', 'b,20', 'c,x')
  const mended = await pulled('refused', 'skip', 'append', from(5))
  expect(mended).toMatchObject({ received: 3, stored: 1, unchanged: 2, rejected: 0 })
  expect(noteOn(mended)).toContain('of its 3 records came what was not there')
  expect(await pulled('refused', 'skip', 'append', from(5))).toMatchObject({ batches: 0 })
  put('refused/a2.csv', 'a,10', 'b,20', 'c,x', 'd,30')
  expect(await pulled('refused', 'skip', 'append', from(5))).toMatchObject({ stored: 1 })
  expect(await held('refused')).toEqual(['a,10', 'b,20', 'd,30'])
})

test('of what was rejected as a whole, and came with a copy, a further copy is left out', async () => {
  const contract = (n: number) => ({ contract: { schema: { properties: { n: { minimum: n } } } } })
  put('all_refused/a.csv', 'a,1', 'b,2')
  expect(await pulled('all_refused', 'skip', 'append', contract(9))).toMatchObject({ rejected: 2 })
  for (const [name, stored] of [
    ['a2', 2],
    ['a3', 0],
  ] as const) {
    put(`all_refused/${name}.csv`, 'a,1', 'b,2')
    expect(await pulled('all_refused', 'skip', 'append', contract(0))).toMatchObject({ stored })
  }
  expect(await held('all_refused')).toEqual(['a,1', 'b,2'])
})

test('copies that come together with what they are copies of are left out as well', async () => {
  put('together/a.csv', 'a,1')
  put('together/a (copy).csv', 'a,1')
  put('together/b.csv', 'a,1', 'b,2')
  // Nothing is a copy of nothing.
  put('together/empty 1.csv')
  put('together/empty 2.csv')
  const first = await pulled('together', 'skip')
  expect(first).toMatchObject({ received: 4, stored: 3, unchanged: 1 })
  expect(first.copies).toHaveLength(1)
  expect(await held('together')).toEqual(['a,1', 'a,1', 'b,2'])
})

test('where copies are wanted again they come, also those that were left out before, once', async () => {
  put('wanted/monday.csv', 'a,1')
  put('wanted/tuesday.csv', 'a,1')
  expect(await pulled('wanted', 'skip')).toMatchObject({ stored: 1, unchanged: 1 })
  const again = await pulled('wanted', 'again')
  expect(again).toMatchObject({ received: 1, stored: 1, unchanged: 0 })
  expect(noteOn(again)).toContain('its 1 record came again (same_file: skip leaves such files out)')
  expect(await held('wanted')).toEqual(['a,1', 'a,1'])
  expect(await pulled('wanted', 'again')).toMatchObject({ batches: 0 })
  expect(await pulled('wanted', 'skip')).toMatchObject({ batches: 0 })
  // What it was left out for says nothing of it any more.
  put('wanted/tuesday.csv', 'a,1', 'a,1')
  expect(await pulled('wanted', 'skip')).toMatchObject({ received: 2, stored: 1, unchanged: 1 })
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
