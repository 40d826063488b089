import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Content, csvRow, type FileShape, openRowFile } from './row-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'rows-'))
const csv: FileShape = { path: 'deep/a.csv', format: 'csv', delimiter: ';', encoding: 'utf-8' }

async function write(shape: FileShape, rows: readonly string[], content?: Content) {
  const file = openRowFile(folder, shape, content)
  for (const row of rows) file.add(row)
  const counts = await file.close()
  return { ...counts, bytes: readFileSync(join(folder, shape.path)) }
}

test('a table has a header, its rows, and bad ones that are counted apart', async () => {
  const { rows, badRows, bytes } = await write(csv, ['1;2'], {
    columns: ['a', 'b'],
    badRows: ['?'],
  })
  expect({ rows, badRows }).toEqual({ rows: 1, badRows: 1 })
  expect(bytes.toString()).toBe('a;b\n1;2\n?\n')
})

test('bad rows stand among the first when there are many', async () => {
  const many = Array.from({ length: 300 }, (_, i) => String(i))
  const { bytes } = await write(csv, many, { columns: ['a'], badRows: ['?'] })
  expect(bytes.toString().split('\n').indexOf('?')).toBe(101)
})

test('an array is valid JSON', async () => {
  const shape = { ...csv, path: 'a.json', format: 'json', delimiter: null } as const
  const { bytes } = await write(shape, ['{"a":1}', '{"a":2}'])
  expect(JSON.parse(bytes.toString())).toEqual([{ a: 1 }, { a: 2 }])
})

test('Latin-1 takes one byte for a letter', async () => {
  const { bytes } = await write({ ...csv, path: 'a.tsv', encoding: 'latin-1' }, ['é'])
  expect([...bytes]).toEqual([0xe9, 0x0a])
})

test('a name in .gz is compressed, whole, however long', async () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `row ${i}`)
  const { bytes } = await write({ ...csv, path: 'a.csv.gz' }, rows)
  expect(gunzipSync(bytes).toString()).toBe(`${rows.join('\n')}\n`)
})

test('a disk that refuses is heard of', async () => {
  const file = openRowFile(folder, { ...csv, path: '.' })
  await expect(file.close()).rejects.toThrow('EISDIR')
})

test('cells are quoted where they must be', () => {
  expect(csvRow(['a', 'Via Roma, 1', '28"', ''], ',')).toBe('a,"Via Roma, 1","28""",')
  expect(csvRow(['Via Roma, 1'], ';')).toBe('Via Roma, 1')
})
