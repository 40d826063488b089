import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { peek } from './peek.ts'
import type { CsvFile } from './spooled-file.ts'
import { makeFolder } from './testing/index.ts'

const column = (name: string) => ({ name, label: name.toUpperCase(), empty: false })

async function csv(content: string | Uint8Array, change: Partial<CsvFile> = {}): Promise<CsvFile> {
  const signs = {
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: true,
    compressed: false,
  } as const
  const path = join(await makeFolder({ 'a.csv': content }), 'a.csv')
  const columns = [column('a'), column('b')]
  return { format: 'csv', path, ...signs, columns, sizeBytes: 1, encoding: 'utf-8', ...change }
}

test('shows the first records below the names', async () => {
  const { columns, rows } = await peek(await csv('A,B\n1,"x\ny"\n2,\n3,z\n'), 2)
  expect(columns).toEqual([column('a'), column('b')])
  expect(rows).toEqual([
    ['1', 'x\ny'],
    ['2', ''],
  ])
})

test('shows short and long records as they are', async () => {
  const { rows } = await peek(await csv('1\n2,3,4\n', { header: false }), 9)
  expect(rows).toEqual([
    ['1', null],
    ['2', '3', '4'],
  ])
})

test('reads on until it has enough, also in compressed files', async () => {
  const long = 'x'.repeat(90_000)
  const content = gzipSync(`A,B\n1,${long}\n2,${long}\n3,é\n`)
  const { rows } = await peek(await csv(content, { compressed: true }), 3)
  expect(rows.map(([first]) => first)).toEqual(['1', '2', '3'])
  expect(rows[2]?.[1]).toBe('é')
})

test.each([
  ['ndjson', '{"id":1,"a b":{"x":"}"}}\nbroken {\n{"id":2,"Id":null}\n{"id":3}'],
  ['json', '[{"id":1,"a b":{"x":"}"}},\n {"id":2,"Id":null}, {"id":3}]'],
] as const)('shows the first objects of %s', async (format, content) => {
  const path = join(await makeFolder({ a: content }), 'a')
  const file = { format, path, sizeBytes: 1, compressed: false, encoding: 'utf-8' } as const
  const { columns, rows } = await peek(file, 2)
  expect(columns.map(({ name, label }) => [name, label])).toEqual([
    ['id', 'id'],
    ['a_b', 'a b'],
    ['id_2', 'Id'],
  ])
  expect(rows).toEqual([
    [1, { x: '}' }, null],
    [2, null, null],
  ])
})
