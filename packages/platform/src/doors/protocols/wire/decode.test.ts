import { expect, test } from 'vitest'
import { decode } from './decode.ts'

const text = '{"name":"Zoë Straße"}'
const big = Buffer.from(text, 'utf16le').swap16()

test.each([
  ['UTF-8', Buffer.from(text), undefined, true],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), undefined, true],
  ['UTF-8, labelled latin1', Buffer.from(text), 'application/json; charset=iso-8859-1', true],
  ['UTF-16', Buffer.from(text, 'utf16le'), undefined, false],
  ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), undefined, false],
  ['UTF-16, the other way round', big, undefined, false],
  [
    'Latin-1, labelled',
    Buffer.from(text, 'latin1'),
    'text/plain; Charset="ISO-8859-1"; x=1',
    false,
  ],
  ['Latin-1, labelled UTF-8', Buffer.from(text, 'latin1'), 'text/plain; charset=utf-8', false],
  [
    'Latin-1, with an unheard-of label',
    Buffer.from(text, 'latin1'),
    'text/plain; charset=mine',
    false,
  ],
])('%s', (_, body, type, isUtf8) => {
  expect(decode(body, type)).toEqual({ text, isUtf8 })
})

test('every byte is a letter', () => {
  const all = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1))
  expect(decode(all, undefined).text).toHaveLength(255)
  expect(decode(Buffer.alloc(0), undefined)).toEqual({ text: '', isUtf8: true })
})
