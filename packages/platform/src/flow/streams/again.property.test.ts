import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { type Engine, sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { ledgerOf, prepareLake, rejectedOf } from '#lake'
import type { StreamDefinition } from './definition.ts'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const connectors = makeConnectors({
  ...nowhere,
  baseFolder: folder,
  closedFolders: [],
  uploadsFolder: folder,
})
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })

let tick = 0
let folders = 0

const newFolder = () => {
  const name = `files${++folders}`
  mkdirSync(join(folder, name))
  return name
}

function put(at: string, name: string, lines: readonly string[], header = 'who,n') {
  const path = join(folder, at, name)
  writeFileSync(path, `${header}\n${lines.map((line) => `${line}\n`).join('')}`)
  const time = 1_700_000_000 + ++tick
  utimesSync(path, time, time)
}

const pulled = (at: string, by: Engine = engine, mode: StreamDefinition['mode'] = 'append') =>
  pull(
    { engine: by, connectors, spool, now: () => new Date(1_700_000_000_000 + ++tick) },
    {
      key: at,
      stream: {
        connection: 'files',
        source: { path: '*.csv' },
        mode,
        category: 'other',
        fields: { who: { type: 'text' }, n: { type: 'integer' } },
        contract: { conflict: 'reject' },
      },
      connection: { connector: 'files', settings: { folder: at } },
      signal: AbortSignal.timeout(20_000),
    },
  )

/** Gives up in the middle of a change, after so many statements; what it has done is undone, as when the process dies. */
const dyingAfter = (statements: number): Engine => {
  let left = statements
  return {
    ...engine,
    change: (what, work, ask) =>
      engine.change(
        what,
        (writer) =>
          work({
            ...writer,
            run: async (part) => {
              if (left-- === 0) throw new Error('the process dies')
              return writer.run(part)
            },
          }),
        ask,
      ),
  }
}

const held = async (at: string) => {
  const rows = await engine.rows(sql`select who, n from ${table('lake', at)}`)
  return rows.map(({ who, n }) => `${who},${n}`).sort()
}

/** What all files together have brought: of equal lines, as many as one file had at once, and all that different files had. */
class Oracle {
  readonly #files = new Map<string, Map<string, number>>()

  take(files: ReadonlyMap<string, readonly string[]>) {
    for (const [name, lines] of files) {
      const had = this.#files.get(name) ?? new Map<string, number>()
      for (const [line, times] of counted(lines)) had.set(line, Math.max(had.get(line) ?? 0, times))
      this.#files.set(name, had)
    }
  }

  lines(isSound: (line: string) => boolean): readonly string[] {
    return [...this.#files.values()]
      .flatMap((had) => [...had].flatMap(([line, times]) => Array<string>(times).fill(line)))
      .filter(isSound)
      .sort()
  }
}

const counted = (lines: readonly string[]) => {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

const isBad = (line: string) => line.endsWith('x')

const line = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', 'x'))
const lines = fc.array(line, { maxLength: 6 }).map((all) => all.map((cells) => cells.join(',')))
/** What becomes of a file between two pulls. */
interface Change {
  readonly is: string
  readonly name: string
  readonly lines: readonly string[]
}

const change = fc.record({
  is: fc.constantFrom('appended', 'replaced', 'touched'),
  name: fc.constantFrom('one.csv', 'two.csv'),
  lines,
})
const step = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  /** After how many statements the process dies that pulls; the next one goes on. */
  dies: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
})

/** Files in a folder, with what they hold. */
function makeFiles() {
  const at = newFolder()
  const files = new Map<string, readonly string[]>()
  const write = (file: string, content: readonly string[]) => {
    files.set(file, content)
    put(at, file, content)
  }
  write('one.csv', ['a,1', 'a,1', 'b,x'])
  const apply = ({ is, name, lines: more }: Change) => {
    const had = files.get(name) ?? []
    if (is === 'touched') write(name, had)
    else write(name, is === 'appended' ? [...had, ...more] : more)
  }
  return { at, files, apply }
}

test('whatever becomes of files and of pulls, a row without a key comes as often as a file had it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      const { at, files, apply } = makeFiles()
      const oracle = new Oracle()
      for (const { changes, dies } of steps) {
        for (const one of changes) apply(one)
        if (dies !== undefined) await pulled(at, dyingAfter(dies)).catch(() => {})
        const counts = await pulled(at)
        oracle.take(files)
        expect(counts.received).toBe(counts.stored + counts.unchanged + counts.rejected)
        expect(await held(at)).toEqual(oracle.lines((one) => !isBad(one)))
      }
      const bad = (await rejectedOf(engine, at)).map(({ raw }) => String(raw)).sort()
      expect(bad).toEqual(oracle.lines(isBad))
      const ledger = await ledgerOf(engine, at)
      expect(ledger).toMatchObject({ stored: (await held(at)).length, rejected: bad.length })
      expect(ledger.received).toBe(ledger.stored + ledger.unchanged + ledger.rejected)
      rmSync(join(folder, at), { recursive: true })
    }),
    { numRuns: 12 },
  )
})

test('equal rows of two files are two, and of the same file under another name as well', async () => {
  const at = newFolder()
  put(at, 'monday.csv', ['a,1'])
  put(at, 'tuesday.csv', ['a,1'])
  expect(await pulled(at)).toMatchObject({ stored: 2, unchanged: 0 })
  put(at, 'tuesday.csv', ['a,1', 'a,1'])
  put(at, 'copy of monday.csv', ['a,1'])
  expect(await pulled(at)).toMatchObject({ received: 3, stored: 2, unchanged: 1 })
  expect(await held(at)).toEqual(['a,1', 'a,1', 'a,1', 'a,1'])
})

test('a column that comes later makes another row only of those that have a value there', async () => {
  const at = newFolder()
  put(at, 'one.csv', ['a,1', 'b,2'])
  await pulled(at)
  put(at, 'one.csv', ['a,1,', 'b,2,new'], 'who,n,more')
  expect(await pulled(at)).toMatchObject({ received: 2, stored: 1, unchanged: 1 })
  put(at, 'one.csv', ['a,1', 'c,3'])
  expect(await pulled(at)).toMatchObject({ received: 2, stored: 1, unchanged: 1 })
  expect(await held(at)).toEqual(['a,1', 'b,2', 'b,2', 'c,3'])
})

test('where everything is taken whole, rows that are there stay, and of equal ones as many go as are no longer there', async () => {
  const at = newFolder()
  const places = async () =>
    (await engine.rows(sql`select _position from ${table('lake', at)} order by 1`)).map(
      (row) => row['_position'],
    )
  put(at, 'one.csv', ['a,1', 'a,1', 'a,1', 'b,2'])
  await pulled(at, engine, 'full')
  const before = await places()
  put(at, 'one.csv', ['b,2', 'a,1', 'c,3', 'a,1'])
  expect(await pulled(at, engine, 'full')).toMatchObject({ stored: 1, unchanged: 3, removed: 1 })
  expect(await held(at)).toEqual(['a,1', 'a,1', 'b,2', 'c,3'])
  expect((await places()).filter((place) => before.includes(place))).toHaveLength(3)
})
