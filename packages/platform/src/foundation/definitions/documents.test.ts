import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFiles, readFolder } from './index.ts'
import { printDefinition } from './print-definition.ts'

const read = (text: string) => readFiles([{ file: 'a.yaml', text }])
const told = (text: string) => read(text).problems.map(({ at, say }) => `${at}: ${say}`)

test('reads several documents of a file, each with its places', () => {
  const { documents, problems } = read(
    '# shelves\n---\nkind: shelf\nkey: a\nfields:\n  - name\n---\nkind: pick\nkey: b\n',
  )
  expect(problems).toEqual([])
  expect(documents.map(({ kind, key, body }) => ({ kind, key, body }))).toEqual([
    { kind: 'shelf', key: 'a', body: { fields: ['name'] } },
    { kind: 'pick', key: 'b', body: {} },
  ])
  expect(Object.fromEntries(documents[0]!.places)).toEqual({
    '': { line: 3, column: 1 },
    kind: { line: 3, column: 1 },
    key: { line: 4, column: 1 },
    fields: { line: 5, column: 1 },
    'fields[0]': { line: 6, column: 5 },
  })
})

test.each([
  ['', []],
  ['# nothing yet\n', []],
  ['kind: a\nkey: b\nx: 1\nx: 2\n', ['a.yaml:4:1: "x" is given twice in the same place; keep one']],
  ['kind: a\nkey: b\nx:\n\t- y\n', ['a.yaml:4:1: a tab is used for indentation; use spaces']],
  ['kind: a\nkey: b\nx: !run y\n', ['a.yaml:3:4: Unresolved tag: !run']],
  [
    'kind: a\nkey: b\nx: 12345678901234567890\n',
    ['a.yaml:3:1 x: 12345678901234567890 cannot be kept exactly as a number; put it in quotes'],
  ],
  ['kind: a\nx: 1\n', ['a.yaml:1:1 key: is missing']],
  [
    'kind: a\nkey: Big One\n',
    [
      'a.yaml:2:1 key: expected a key such as new_customers: up to 63 small letters, digits and _, the first a letter, found "Big One"',
    ],
  ],
  [
    '- x\n',
    ['a.yaml:1:1: is not a definition: it needs "kind:", "key:" and the members of that kind'],
  ],
  ['x: *nowhere\n', ['a.yaml:1:1 x: there is no "&nowhere" above that "*nowhere" could repeat']],
])('tells what is wrong in %j', (text, expected) => {
  expect(told(text)).toEqual(expected)
})

test('aliases that multiply are refused and not followed', () => {
  const bomb = [
    'kind: a\nkey: b\nl0: &l0 [x, x, x, x, x, x, x, x, x, x]',
    ...[1, 2, 3, 4, 5, 6].map(
      (n) =>
        `l${n}: &l${n} [${Array(10)
          .fill(`*l${n - 1}`)
          .join(', ')}]`,
    ),
  ].join('\n')
  expect(told(bomb)[0]).toContain('Excessive alias count')
})

test('reads folders in folders, tells all problems at once, and leaves hidden files alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-definitions-'))
  mkdirSync(join(folder, 'more'))
  mkdirSync(join(folder, '.git'))
  writeFileSync(join(folder, 'b.yml'), 'kind: shelf\nkey: b\n')
  writeFileSync(join(folder, 'more', 'a.yaml'), 'kind: shelf\nkey: a\n---\nkind: shelf\n')
  writeFileSync(join(folder, 'c.yaml'), Buffer.from([0xe9, 0x0a]))
  writeFileSync(join(folder, '.git', 'x.yaml'), '\t')
  writeFileSync(join(folder, 'notes.md'), '\t')
  const { documents, problems } = await readFolder(folder)
  expect(documents.map(({ key }) => key)).toEqual(['b', 'a'])
  expect(problems.map(({ at, say }) => `${at.slice(folder.length + 1)}: ${say}`)).toEqual([
    'c.yaml:1:1: is not UTF-8; save it as UTF-8',
    'more/a.yaml:4:1 key: is missing',
  ])
  rmSync(folder, { recursive: true })
  await expect(readFolder(folder)).rejects.toMatchObject({ code: 'definitions.no_folder' })
})

test('a printed definition reads as the same', () => {
  const definition = {
    kind: 'pick',
    key: 'a',
    body: { sql: 'select 1\nfrom a\n', on: 'no', n: 1.5 },
  }
  const [document] = read(printDefinition(definition)).documents
  expect(document).toMatchObject(definition)
})
