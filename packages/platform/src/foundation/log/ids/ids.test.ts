import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { hashInto, hashWords } from './hash.ts'
import { openIdFile } from './id-file.ts'
import { writeIdFile } from './id-file-writer.ts'
import { add, has, makeIdTable, placesOf, remove } from './id-table.ts'

const hashOf = (id: string) => {
  const words = new Uint32Array(hashWords)
  hashInto(words, 0, 'stream', id)
  return words
}

test('a hash is made of stream and id, and not of where one ends', () => {
  const words = new Uint32Array(8)
  hashInto(words, 0, 'ab', 'c')
  hashInto(words, 4, 'a', 'bc')
  expect(words.slice(0, 4)).not.toEqual(words.slice(4))
  hashInto(words, 4, 'ab', 'c')
  expect(words.slice(0, 4)).toEqual(words.slice(4))
})

test('a table holds what a set holds, whatever is put in and taken out', () => {
  // Few places and hashes that begin at the same ones, so that they stand in long rows.
  const hash = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 13, max: 18 }))
  const step = fc.tuple(fc.constantFrom('add', 'add', 'remove'), hash)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = makeIdTable(16)
      const set = new Set<string>()
      for (const [act, [first, second]] of steps) {
        const words = Uint32Array.of(first, second, 7, 7)
        const name = `${first} ${second}`
        if (act === 'add') expect(add(table, words, 0)).toBe(!set.has(name))
        else remove(table, words, 0)
        if (act === 'add') set.add(name)
        else set.delete(name)
      }
      expect(table.count).toBe(set.size)
      for (let first = 1; first <= 3; first++) {
        for (let second = 13; second <= 18; second++) {
          const words = Uint32Array.of(first, second, 7, 7)
          expect(has(table, words, 0)).toBe(set.has(`${first} ${second}`))
        }
      }
    }),
  )
})

test('a table grows when it is needed for longer than planned', () => {
  const table = makeIdTable(64)
  for (let n = 0; n < 1000; n++) expect(add(table, hashOf(`${n}`), 0)).toBe(true)
  expect(placesOf(table)).toBe(2048)
  for (let n = 0; n < 1000; n++) expect(add(table, hashOf(`${n}`), 0)).toBe(false)
  expect(has(table, hashOf('1000'), 0)).toBe(false)
})

test.each([0, 1, 100, 20_000])('a file of %i ids has them and no others', async (count) => {
  const file = await writeIds(count)
  const opened = (await openIdFile(file))!
  expect(opened).toMatchObject({ count, first: 5, last: 50, ran: 500 })
  expect(opened.diskBytes).toBe(readFileSync(file).length)
  for (let n = 0; n < count; n++) expect(opened.has(hashOf(`${n}`), 0)).toBe(true)
  for (let n = count; n < count + 5000; n++) expect(opened.has(hashOf(`${n}`), 0)).toBe(false)
  await opened.close()
})

test('a file that is not whole is not trusted', async () => {
  const file = await writeIds(1000)
  const whole = readFileSync(file)
  for (const at of [0, 8, 16, 41, 60, 400]) {
    const bytes = Uint8Array.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(file, bytes)
    expect(await openIdFile(file), `byte ${at}`).toBeUndefined()
  }
  for (const length of [0, 10, 100, whole.length - 1]) {
    writeFileSync(file, whole)
    truncateSync(file, length)
    expect(await openIdFile(file), `${length} bytes`).toBeUndefined()
  }
  writeFileSync(file, whole)
  const opened = await openIdFile(file)
  expect(opened?.count).toBe(1000)
  await opened?.close()
})

async function writeIds(count: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-ids-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const tables = [makeIdTable(64), makeIdTable(64)]
  for (let n = 0; n < count; n++) add(tables[n % 2]!, hashOf(`${n}`), 0)
  const file = join(folder, '5-50.ids')
  const words = tables.map((table) => table.words)
  await writeIdFile({
    file,
    tables: words,
    count,
    first: 5,
    last: 50,
    ran: 500,
    idsInSlice: 3000,
  })
  return file
}
