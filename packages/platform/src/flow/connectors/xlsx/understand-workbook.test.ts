import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FileOptions } from '../file-options.ts'
import { makeFolder, makeSpool } from '../testing/index.ts'
import { madeWorkbook, makeWorkbook } from '../testing/workbook.ts'
import { makeZip } from '../testing/zip.ts'
import { understand } from '../understand.ts'

const { signal } = new AbortController()

/** What lies in the spool for a workbook, and the names of its columns. */
async function understood(content: Uint8Array, options: FileOptions = {}, name = 'a.xlsx') {
  const spool = await makeSpool()
  const spooled = await spool.take(join(await makeFolder({ [name]: content }), name))
  const file = await understand({ name, spooled, options, spool, signal })
  if (file.format !== 'csv') throw new Error('a table was expected')
  expect(await readdir(spool.folder)).toHaveLength(1)
  const text = await readFile(file.path, 'utf8')
  expect(Buffer.byteLength(text)).toBe(file.sizeBytes)
  return { file, text, columns: file.columns.map((column) => column.name) }
}

const fault = (code: string, words = '') =>
  expect.objectContaining({
    code: `connectors.${code}`,
    message: expect.stringContaining(words),
  })

test.each(['openpyxl.xlsx', 'libreoffice.xlsx'])('reads what programs write: %s', async (name) => {
  const { file, text, columns } = await understood(await madeWorkbook(name))
  expect(text).toBe(`Order No,Customer,Ordered,Sent at,Opened,Worked,Amount,Rate,Paid,Note,Nothing
1,Zoë & Sons,2024-02-29,2024-02-29T13:45:30,09:05:00,36:30:00,12.5,0.3,true,"says ""hi"",
and goes",
2,00123,2024-03-01,2024-03-01T00:00:00,23:59:59,00:05:00,1e+21,-1e-7,false,"a
b",
3, 東京 😀 ,1900-01-01,2024-03-01T00:00:00.250,,,1,1234567890123.25,,=1+,
4,=HYPERLINK,9999-12-31,,,,0,100,true,,
`)
  expect(columns.slice(0, 4)).toEqual(['order_no', 'customer', 'ordered', 'sent_at'])
  expect(file).toMatchObject({ delimiter: ',', quote: '"', header: true, compressed: false })
})

test.each(['xlsxwriter.xlsx', 'xlsxwriter-inline.xlsx'])(
  'reads days of 1904, formulas, texts of many looks and errors: %s',
  async (name) => {
    expect((await understood(await madeWorkbook(name))).text).toBe(
      'day,sum,word,looks,yes,wrong\n2024-02-29,3,ab,some bold text,true,\n1904-01-01,,x,,false,\n',
    )
  },
)

test('takes the sheet that is asked for, by its name or its number', async () => {
  const content = await madeWorkbook('openpyxl.xlsx')
  const codes = 'Code,2023,2024\nA,1,2\nB,3,4\n'
  expect((await understood(content, { sheet: 'Codes & <more>' })).text).toBe(codes)
  expect((await understood(content, { sheet: 'codes & <MORE>' })).text).toBe(codes)
  expect((await understood(content, { sheet: 4 })).text).toBe(codes)
  expect((await understood(content, { sheet: 'Hidden' })).text).toBe('a\n1\n')
  await expect(understood(content, { sheet: 'Order' })).rejects.toThrow(
    fault('no_such_sheet', 'no sheet Order; did you mean "Orders"?; it has "Notes", "Orders"'),
  )
  await expect(understood(content, { sheet: 7 })).rejects.toThrow(fault('no_such_sheet'))
  await expect(understood(content, { sheet: 'Notes' })).rejects.toThrow(fault('empty_file'))
})

test('takes the row that is named for the header, or none', async () => {
  const content = await madeWorkbook('openpyxl.xlsx')
  const { text, columns } = await understood(content, { sheet: 'Codes & <more>', header_row: 2 })
  expect([text, columns]).toEqual(['A,1,2\nB,3,4\n', ['a', 'c_1', 'c_2']])
  const none = await understood(content, { sheet: 'Codes & <more>', header: false })
  expect(none.file.header).toBe(false)
  expect(none.columns).toEqual(['column_1', 'column_2', 'column_3'])
  await expect(understood(content, { header_row: 3 })).rejects.toThrow(fault('no_such_row', '3'))
})

test('sees when there is no header', async () => {
  const { file, text } = await understood(await madeWorkbook('openpyxl.xlsx'), { sheet: 'Bare' })
  expect([file.header, text]).toEqual([false, '0,0,x0\n1,1.5,x1\n2,3,x2\n'])
})

test('keeps a value far below that stands beside the table', async () => {
  const { text, columns } = await understood(await madeWorkbook('openpyxl.xlsx'), { sheet: 'Late' })
  expect(columns).toEqual(['id', 'name', 'column_3'])
  expect(text.split('\n')[291]).toBe('290,n290,wide')
  expect(text.split('\n')).toHaveLength(302)
})

test('leaves out columns in which nothing stands, however far the last one is', async () => {
  const rows = '<row r="1"><c r="C1" t="str"><v>a</v></c><c r="XFD1" t="str"><v>b</v></c></row>'
  const { text, columns } = await understood(
    makeWorkbook({ rows: `${rows}<row r="2"><c r="C2"><v>1</v></c></row>` }),
  )
  expect([text, columns]).toEqual(['a,b\n1,\n', ['a', 'b']])
})

const cell = (value: string, more = '') => `<c ${more}><v>${value}</v></c>`

test('reads cells and rows without a place, with a prefix, and of every type', async () => {
  const rows = `<row><x:c t="str" xmlns:x="x"><x:v>a &amp; &#x1F600;&#128512;</x:v></x:c><c t="inlineStr"><is><r><t>b</t></r><rPh><t>no</t></rPh><r><t><![CDATA[<c>]]></t></r></is></c></row>
    <row>${cell('2024-01-02T03:04:05', 't="d"')}${cell('#N/A', 't="e"')}<c/></row><row/>
    <row r="9">${cell('0', 't="s"')}${cell('1', 't="b"')}</row>`
  const texts =
    '<sst><si><r><t>x</t></r><rPh><t>no</t></rPh><r><t xml:space="preserve"> y</t></r></si></sst>'
  for (const long of [false, true]) {
    const { text } = await understood(makeWorkbook({ rows, texts, long }), { header: true })
    expect(text).toBe('a & 😀😀,b<c>\n2024-01-02T03:04:05,\nx y,true\n')
  }
})

test('keeps the digits of ids and the zeros that a format puts in front', async () => {
  const styles =
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>'
  const rows = `<row>${cell('id', 't="str"')}${cell('zip', 't="str"')}${cell('rate', 't="str"')}</row>
    <row>${cell('1234567890123456789')}${cell('501', 's="1"')}${cell('0.25', 's="2"')}</row>`
  const { text } = await understood(makeWorkbook({ rows, styles }))
  expect(text).toBe('id,zip,rate\n1234567890123456789,00501,0.25\n')
})

test.each([
  ['what only its ending calls a workbook', Buffer.from('a,b\n'), 'wrong_format', 'a,b'],
  ['an empty file', Buffer.alloc(0), 'empty_file', ''],
  ['another package', makeZip({ mimetype: 'x' }), 'other_workbook', 'no workbook'],
  ['a locked one', makeWorkbook({ rows: '', locked: true }), 'damaged_file', 'password'],
  ['one without rows', makeWorkbook({ rows: '<row><c/></row>' }), 'empty_file', ''],
])('refuses %s', async (_, content, code, words) => {
  await expect(understood(content)).rejects.toThrow(fault(code, words))
})

test('refuses workbooks of another kind whatever they are called', async () => {
  const named = fault('other_workbook', '.xls is another kind')
  await expect(understood(await madeWorkbook('old.xls'), {}, 'a.xls')).rejects.toThrow(named)
  const old = fault('other_workbook', 'old .xls')
  await expect(understood(await madeWorkbook('old.xls'), {}, 'a.xlsx')).rejects.toThrow(old)
  const other = fault('other_workbook', 'no workbook')
  await expect(understood(await madeWorkbook('other.ods'), {}, 'a.xlsx')).rejects.toThrow(other)
})

const row = (...cells: readonly string[]) => `<row>${cells.join('')}</row>`

test.each([
  ['XML that does not hold', { rows: '<row></c>' }, 'XML'],
  ['a sheet that ends early', { rows: '<row' }, 'XML'],
  ['text that is not there', { rows: row(cell('7', 't="s"')) }, 'names a text'],
  ['a cell in no column', { rows: row(cell('7', 'r="XFE1"')) }, 'in no column'],
  ['endless cells', { rows: row(cell('1').repeat(17_000)) }, 'in no column'],
  ['an endless text', { rows: row(cell('1'.repeat(3e6))) }, 'endless'],
  [
    'an endless text of many pieces',
    { rows: row(cell('<![CDATA[1111]]>'.repeat(3e5))) },
    'endless',
  ],
  ['a sheet without anything', { rows: '', others: { 'xl/worksheets/one.xml': '' } }, 'XML'],
])('refuses %s as damaged', async (_, parts, words) => {
  await expect(understood(makeWorkbook(parts))).rejects.toThrow(fault('damaged_file', words))
})

test('refuses what was cut off or changed on its way', async () => {
  const content = await madeWorkbook('openpyxl.xlsx')
  for (const length of [10, 100, content.length - 30, content.length - 1]) {
    await expect(understood(content.subarray(0, length))).rejects.toThrow(fault('damaged_file'))
  }
  const changed = makeWorkbook({ rows: row(cell('1')).repeat(999) })
  changed[changed.indexOf('one.xml') + 30] = 0
  await expect(understood(changed)).rejects.toThrow(fault('damaged_file'))
})

test('stops at a small file that unpacks to a huge one', async () => {
  const styles = `<styleSheet>${'<a/>'.repeat(9 * 1024 ** 2)}</styleSheet>`
  const tooLarge = 'xl/styles.xml of a.xlsx unpacks to more than 32 MiB'
  for (const lying of [false, true]) {
    const content = makeWorkbook({ rows: row(cell('1')), styles, lying })
    expect(content.length).toBeLessThan(100_000)
    await expect(understood(content)).rejects.toThrow(fault('too_large_workbook', tooLarge))
  }
})

test('leaves nothing half written when it is stopped', async () => {
  const spool = await makeSpool()
  const content = makeWorkbook({ rows: row(cell('1'), cell('2')).repeat(50_000) })
  const spooled = await spool.take(join(await makeFolder({ a: content }), 'a'))
  const stop = new AbortController()
  const reading = understand({ name: 'a.xlsx', spooled, options: {}, spool, signal: stop.signal })
  setTimeout(() => stop.abort(new Error('enough')), 20)
  await expect(reading).rejects.toThrow('enough')
  expect(await readdir(spool.folder)).toHaveLength(1)
})
