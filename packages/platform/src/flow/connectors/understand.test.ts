import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import type { FileOptions } from './file-options.ts'
import { makeFolder, makeSpool } from './testing/index.ts'
import { troubleWith } from './trouble.ts'
import { understand } from './understand.ts'

const { signal } = new AbortController()

/** What becomes of a file: how it was understood, what then lies in the spool, and whether it was left as it came. */
async function understood(content: string | Uint8Array, options: FileOptions = {}, name = 'a.csv') {
  const from = join(await makeFolder({ [name]: content }), name)
  const spool = await makeSpool()
  const spooled = await spool.take(from)
  const file = await understand({ name, spooled, options, spool, signal }).catch((thrown) => {
    throw troubleWith(name, thrown)
  })
  expect(await readdir(spool.folder)).toHaveLength(1)
  const raw = await readFile(file.path)
  expect(raw.length).toBe(file.sizeBytes)
  const isSame = (await stat(file.path)).ino === (await stat(from)).ino
  const isPacked = file.format !== 'parquet' && file.compressed
  return { file, text: (isPacked ? gunzipSync(raw) : raw).toString('utf8'), isSame }
}

const fault = (code: string, words = '') =>
  expect.objectContaining({
    code: `connectors.${code}`,
    message: expect.stringContaining(words),
  })

const text = 'name,city\nJosé,Málaga\n'

test('leaves plain UTF-8 as it came', async () => {
  const { file, text: found, isSame } = await understood(text)
  expect([found, isSame]).toEqual([text, true])
  expect(file).toMatchObject({ encoding: 'utf-8', compressed: false, format: 'csv' })
})

test('leaves plain UTF-8 with returns, and with line feeds in quotes, readable', async () => {
  expect((await understood('a,b\r\n1,2\r\n')).isSame).toBe(true)
  expect((await understood('a,b\r\n1,"x\ny"\r\n')).text).toBe('a,b\n1,"x\ny"\n')
})

test('leaves compressed UTF-8 compressed', async () => {
  const { file, text: found, isSame } = await understood(gzipSync(text), {}, 'a.csv.gz')
  expect([found, isSame]).toEqual([text, true])
  expect(file).toMatchObject({ compressed: true, format: 'csv' })
})

test.each([
  ['windows-1252', iconv.encode(text, 'windows-1252'), {}],
  ['windows-1252', iconv.encode(`${text}“€”,x\n`, 'windows-1252'), {}],
  ['utf-16le', iconv.encode(text, 'utf-16le', { addBOM: true }), {}],
  ['utf-16be', iconv.encode(text, 'utf-16be', { addBOM: true }), {}],
  ['utf-16le', iconv.encode(text, 'utf-16le'), {}],
  ['utf-16be', iconv.encode(text, 'utf-16be'), {}],
  ['utf-16le', iconv.encode('Имя,Город\nИван,Москва\n', 'utf-16le'), {}],
  ['utf-16be', iconv.encode('名前,市\n日本語😀,東京\n', 'utf-16be'), {}],
  ['utf-8', iconv.encode(text, 'utf-8', { addBOM: true }), {}],
  ['utf-8', iconv.encode(text, 'utf-8', { addBOM: true }), { encoding: 'windows-1252' }],
  ['windows-1250', iconv.encode('a,b\nŁódź,ő\n', 'windows-1250'), { encoding: 'windows-1250' }],
  ['shift_jis', iconv.encode('a,b\n東京,大\n', 'shift_jis'), { encoding: 'shift_jis' }],
] as const)('makes UTF-8 of %s', async (encoding, bytes, options) => {
  const plain = iconv.decode(bytes, encoding)
  for (const content of [bytes, gzipSync(bytes)]) {
    const { file, text: found } = await understood(content, options)
    expect(found).toBe(plain)
    expect(file).toMatchObject({ encoding, compressed: false, delimiter: ',', header: true })
  }
})

test('finds the first letter of another encoding even at the end of a large file', async () => {
  const content = Buffer.concat([
    Buffer.from(`a,b\n${'1,2\n'.repeat(700_000)}`),
    iconv.encode('é,3\n', 'windows-1252'),
  ])
  const { file, text: found } = await understood(content)
  expect(file).toMatchObject({ encoding: 'windows-1252' })
  expect(found.endsWith('é,3\n')).toBe(true)
})

test.each([
  ['UTF-8 that was damaged', Buffer.from([...Buffer.from('é,b\n1,'), 0xe9, 0x0a]), {}, 'byte 7'],
  ['what is not as was set', Buffer.from([0x61, 0xe9, 0x0a]), { encoding: 'utf-8' }, 'byte 1'],
  ['what no western letter is', Buffer.from([0x61, 0x2c, 0x9d, 0x0a]), {}, 'byte 2'],
  [
    'what is no text',
    Buffer.from([0x50, 0x4b, 3, 4, 0x14, 0, 6, 0, 8, 0, 0, 0, 0x21]),
    {},
    'byte 5',
  ],
  ['a zero in western text', Buffer.from('id,name\n1,Zo\0\n'), {}, 'byte 12'],
  ['half a letter', iconv.encode(`a,b\n1,\ud800x\n${text}`, 'utf-16le'), {}, 'byte 12'],
  ['UTF-16 that was cut off', iconv.encode(text, 'utf-16le').subarray(0, -1), {}, 'cut off'],
  ['UTF-32', iconv.encode(text, 'utf-32le', { addBOM: true }), {}, 'UTF-32'],
] as const)('refuses %s by the position', async (_, content, options, words) => {
  await expect(understood(content, options)).rejects.toThrow(fault('unreadable_encoding', words))
})

test.each([
  ['mixed line ends', 'a,b\r\n1,2\n3,4\r\n', 'a,b\n1,2\n3,4\n'],
  ['all three line ends', 'a,b\r1,2\r\n3,"x\ry"\n', 'a,b\n1,2\n3,"x\ny"\n'],
  ['empty lines before the header', '\n\na,b\n1,2\n', 'a,b\n1,2\n'],
  ['a line that names the delimiter', 'sep=;\r\na;b\r\n1;2\r\n', 'a;b\n1;2\n'],
])('writes anew what has %s', async (_, content, written) => {
  expect((await understood(content)).text).toBe(written)
})

test.each(['', ' \n\r\n ', '\ufeff'])('refuses the empty file %j', async (content) => {
  await expect(understood(content)).rejects.toThrow(fault('empty_file', 'a.csv'))
})

test('refuses compressed files that end early or are none', async () => {
  const packed = gzipSync(text.repeat(100))
  await expect(understood(packed.subarray(0, -12))).rejects.toThrow(fault('damaged_file'))
  packed[40] = (packed[40] ?? 0) ^ 255
  await expect(understood(packed)).rejects.toThrow(fault('damaged_file'))
})

test('takes a file for what it is, whatever its ending says of compression', async () => {
  expect((await understood(text, {}, 'a.csv.gz')).file).toMatchObject({ compressed: false })
  expect((await understood(gzipSync(text))).file).toMatchObject({ compressed: true })
})

test.each([
  ['a.json', '[{"a":1}]', 'json', '[{"a":1}]'],
  ['a.json', '{"a":1}\n{"a":2}\n', 'ndjson', '{"a":1}\n{"a":2}\n'],
  ['a.json', '{\n "a": 1\n}', 'json', '[{\n "a": 1\n}]'],
  ['a.jsonl', ' \n[{"a":1}]', 'json', ' \n[{"a":1}]'],
  ['a.ndjson', '{"a":1}\r\n{"a":2}', 'ndjson', '{"a":1}\r\n{"a":2}'],
])('tells the forms of JSON apart: %s %j', async (name, content, format, written) => {
  const { file, text: found } = await understood(content, {}, name)
  expect([file.format, found]).toEqual([format, written])
})

test.each([
  ['a.json', '[{"a":1},\n'],
  ['a.json', '\n[{"a":1}'],
  ['a.json.gz', gzipSync('[{"a":1},')],
  ['a.json', iconv.encode('[{"a":1},', 'utf-16le', { addBOM: true })],
  ['a.parquet', 'PAR1....'],
])(
  'refuses what was cut off, as the list or the file does not end: %s %j',
  async (name, content) => {
    await expect(understood(content, {}, name)).rejects.toThrow(fault('damaged_file', 'cut off'))
  },
)

test('refuses JSON and parquet that are none', async () => {
  await expect(understood('a,b\n', {}, 'a.json')).rejects.toThrow(fault('wrong_format', '"a,b'))
  await expect(understood('a,b\n', {}, 'a.parquet')).rejects.toThrow(fault('wrong_format', '"a,b'))
  await expect(understood('', {}, 'a.parquet')).rejects.toThrow(fault('empty_file'))
})

test('hands over parquet as it came', async () => {
  const { file, isSame } = await understood('PAR1....PAR1', {}, 'a.parquet')
  expect(file.format).toBe('parquet')
  expect(isSame).toBe(true)
})

test('asks for the format where the ending does not tell', async () => {
  for (const name of ['a.dat', 'a.constructor'])
    await expect(understood(text, {}, name)).rejects.toThrow(fault('unknown_format', name))
  expect((await understood(text, { format: 'csv' }, 'a.dat')).text).toBe(text)
})

test('takes tabs where the format says so', async () => {
  const { file } = await understood('note\nred, green\nblue\n', {}, 'a.tsv')
  expect(file).toMatchObject({ format: 'csv', delimiter: '\t', columns: [{ name: 'note' }] })
})
