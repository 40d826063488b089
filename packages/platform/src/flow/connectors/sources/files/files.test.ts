import { chmod, mkdir, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { environment } from '#kernel/config.ts'
import type { CsvFile } from '../../spooled-file.ts'
import { describeConnector, makeFolder, makeSpool, putFile } from '../../testing/index.ts'
import { madeWorkbook } from '../../testing/workbook.ts'
import { makeFiles } from './files.ts'

describeConnector('files', async () => {
  const folder = await makeFolder({
    'people.csv': 'CustomerKey,First Name,,\n1,Ada,,\n2,"Bob ""B"" Ray",,\n',
    'de/kunden.csv': iconv.encode('Nr;Größe\n1;1,5\n2;2,5\n', 'windows-1252'),
    'packed.csv.gz': gzipSync('id,name\n1,José\n'),
    'events.ndjson': '{"id":1}\n{"id":2}\n',
  })
  return {
    connector: makeFiles({ baseFolder: '/', closedFolders: [] }),
    settings: { folder },
    source: { path: '**/*' },
    change: () => putFile(join(folder, 'people.csv'), 'CustomerKey,First Name\n3,Eve\n'),
  }
})

const { signal } = new AbortController()

async function readNames(
  folder: string,
  path: string,
  { closedFolders = [] as readonly string[], names = [] as string[] } = {},
): Promise<readonly string[]> {
  const files = makeFiles({ baseFolder: folder, closedFolders })
  const [settings, source, spool] = [{ folder: '.' }, { path }, await makeSpool()]
  for await (const batch of files.read({ settings, source, known: () => false, spool, signal })) {
    names.push(batch.name)
  }
  return names
}

const fault = (code: string, words = '') =>
  expect.objectContaining({
    code: `connectors.${code}`,
    message: expect.stringContaining(words),
  })

const csv = 'a,b\n1,2\n'

test('takes files by name and by pattern, in the order people count in', async () => {
  const folder = await makeFolder({
    'part-10.csv': csv,
    'part-2.csv': csv,
    'deep/er/part-1.csv': csv,
    'other [1].csv': csv,
    '.hidden.csv': csv,
    '.git/x.csv': csv,
  })
  expect(await readNames(folder, 'part-*.csv')).toEqual(['part-2.csv', 'part-10.csv'])
  expect(await readNames(folder, '**/part-*.csv')).toHaveLength(3)
  expect(await readNames(folder, '*.csv')).toHaveLength(3)
  expect(await readNames(folder, 'part-{2,3}.csv')).toEqual(['part-2.csv'])
  expect(await readNames(folder, './part-2.csv')).toEqual(['part-2.csv'])
  expect(await readNames(folder, 'other [1].csv')).toEqual(['other [1].csv'])
})

test.each([
  '/etc/passwd',
  '../secret.csv',
  'a/../../secret.csv',
  '{..,a}/*.csv',
  '**/../../*',
  '..',
  '..\\secret.csv',
  'C:\\secret.csv',
  'a\0.csv',
])('refuses the path %j', async (path) => {
  const folder = await makeFolder({ 'secret.csv': csv, 'in/a/b.csv': csv })
  await expect(readNames(join(folder, 'in'), path)).rejects.toThrow(fault('outside_folder'))
})

test('follows links inside of the folder, once, and none that lead out of it', async () => {
  const outside = await makeFolder({ 'secret.csv': csv })
  const folder = await makeFolder({ 'in/a.csv': csv })
  await symlink(join(folder, 'in/a.csv'), join(folder, 'latest.csv'))
  expect(await readNames(folder, '{latest,in/a}.csv')).toEqual(['in/a.csv'])
  await symlink(join(outside, 'secret.csv'), join(folder, 'secret.csv'))
  await symlink(outside, join(folder, 'out'))
  await expect(readNames(folder, 'secret.csv')).rejects.toThrow(fault('outside_folder'))
  await expect(readNames(folder, 'out/secret.csv')).rejects.toThrow(fault('outside_folder'))
  await expect(readNames(folder, 'out/*.csv')).rejects.toThrow(fault('outside_folder'))
  const files = makeFiles({ baseFolder: folder, closedFolders: [] })
  const offers = await files.list({ settings: { folder: '.' }, signal })
  expect(offers.map(({ name }) => name)).toEqual(['in/a.csv'])
})

test('does not read in closed folders', async () => {
  const folder = await makeFolder({ 'data/secret.csv': csv, 'a.csv': csv })
  const closedFolders = [join(folder, 'data'), join(folder, 'missing')]
  await expect(readNames(folder, 'data/secret.csv', { closedFolders })).rejects.toThrow(
    fault('closed_folder'),
  )
  expect(await readNames(folder, '*.csv', { closedFolders })).toEqual(['a.csv'])
})

test('names the folder and the nearest file when there is none', async () => {
  const folder = await makeFolder({ 'sales.csv': csv, 'people.csv': csv })
  const near = fault('no_such_file', `"slaes.csv"; did you mean "sales.csv"?`)
  await expect(readNames(folder, 'slaes.csv')).rejects.toThrow(near)
  const some = fault('no_such_file', 'there are "people.csv", "sales.csv"')
  await expect(readNames(folder, 'x/*.parquet')).rejects.toThrow(some)
  await expect(readNames(await makeFolder(), '*.csv')).rejects.toThrow(fault('no_such_file'))
  await expect(readNames(join(folder, 'missing'), '*')).rejects.toThrow(fault('no_such_folder'))
})

test('hands over the good files before it speaks of the bad ones, all at once', async () => {
  const folder = await makeFolder({
    'a.csv': '',
    'b.csv': csv,
    'c.csv.gz': gzipSync(csv).subarray(0, 20),
    'd.dat': 'PK',
    'e.csv': csv,
  })
  const names: string[] = []
  await expect(readNames(folder, '*', { names })).rejects.toThrow(
    expect.objectContaining({
      problems: ['empty_file', 'damaged_file', 'unknown_format'].map((code) =>
        expect.objectContaining({ code: `connectors.${code}` }),
      ),
    }),
  )
  expect(names).toEqual(['b.csv', 'e.csv'])
})

test('refuses what is no ordinary file', async () => {
  const folder = await makeFolder({ 'a.csv': csv })
  await symlink('/dev/null', join(folder, 'null.csv'))
  await symlink(join(folder, 'loop.csv'), join(folder, 'loop.csv'))
  await mkdir(join(folder, 'folder.csv'))
  await expect(readNames(folder, 'null.csv')).rejects.toThrow(fault('outside_folder'))
  await expect(readNames(folder, 'loop.csv')).rejects.toThrow(fault('unreadable_file', 'circle'))
  await expect(readNames(folder, 'folder.csv')).rejects.toThrow(fault('no_such_file'))
})

// The administrator of a machine may read everything, so there this shows only that nothing breaks.
test('says when the system does not let it read', async () => {
  const folder = await makeFolder({ 'a.csv': csv })
  await chmod(join(folder, 'a.csv'), 0)
  const isAdministrator = process.getuid?.() === 0
  if (isAdministrator) expect(await readNames(folder, 'a.csv')).toEqual(['a.csv'])
  else await expect(readNames(folder, 'a.csv')).rejects.toThrow(fault('unreadable_file'))
})

test('offers every sheet of a workbook that has several with values', async () => {
  const folder = await makeFolder({
    'shop.xlsx': await madeWorkbook('openpyxl.xlsx'),
    'one.xlsx': await madeWorkbook('xlsxwriter.xlsx'),
    'bad.xlsx': 'PK',
  })
  const files = makeFiles({ baseFolder: folder, closedFolders: [] })
  const offers = await files.list({ settings: { folder }, signal })
  expect(offers.map(({ name }) => name)).toEqual([
    'bad.xlsx',
    'one.xlsx',
    'shop.xlsx: Orders',
    'shop.xlsx: Codes & <more>',
    'shop.xlsx: Late',
    'shop.xlsx: Bare',
  ])
  expect(offers[3]?.source).toEqual({ path: 'shop.xlsx', sheet: 'Codes & <more>' })
})

test('takes a file for new when its time, its size or its name has changed', async () => {
  const folder = await makeFolder({ 'a.csv': csv })
  const [settings, source, spool] = [{ folder }, { path: '*' }, await makeSpool()]
  const fingerprint = async () => {
    const files = makeFiles({ baseFolder: '/', closedFolders: [] })
    const read = files.read({ settings, source, known: () => false, spool, signal })
    for await (const batch of read) return batch.fingerprint
    return ''
  }
  const first = await fingerprint()
  expect(await fingerprint()).toBe(first)
  await utimes(join(folder, 'a.csv'), new Date(), new Date(1_767_225_600_001))
  expect(await fingerprint()).not.toBe(first)
  await putFile(join(folder, 'a.csv'), `${csv}3,4\n`)
  expect(await fingerprint()).not.toBe(first)
})

const datasets = environment()['TESSERA_DATASETS']

const leftOut = datasets ? '' : ' (left out: TESSERA_DATASETS is not set)'
test.runIf(datasets)(`reads files as they really are${leftOut}`, async () => {
  const files = makeFiles({ baseFolder: datasets ?? '', closedFolders: [] })
  const spool = await makeSpool()
  const source = { path: '{adventureworks,febrl,northwind,splink-fake-1000,telco-churn}/*.csv' }
  const found = new Map<string, CsvFile>()
  const settings = { folder: '.' }
  for await (const { name, file } of files.read({
    settings,
    source,
    known: () => false,
    spool,
    signal,
  })) {
    if (file.format === 'csv') found.set(name, file)
  }
  expect([...found.values()].every(({ header, delimiter }) => header && delimiter === ',')).toBe(
    true,
  )
  const customers = found.get('adventureworks/AdventureWorks_Customers.csv')
  expect(customers?.encoding).toBe('windows-1252')
  expect(
    customers?.columns
      .map(({ name, empty }) => (empty ? '' : name))
      .join(' ')
      .trim(),
  ).toBe(
    'customer_key prefix first_name last_name birth_date marital_status gender email_address annual_income total_children education_level occupation home_owner',
  )
  expect(found.get('febrl/dataset4a.csv')?.columns[1]).toEqual({
    name: 'given_name',
    label: 'given_name',
    empty: false,
  })
})
