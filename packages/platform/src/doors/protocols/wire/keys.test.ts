import { expect, test } from 'vitest'
import { writeKeysIn } from './keys.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each([
  ['Basic with an empty password', { authorization: `Basic ${base64('key:')}` }, ['key']],
  ['Basic without a colon', { authorization: `Basic ${base64('key')}` }, ['key']],
  ['Basic with a password', { authorization: `Basic ${base64('key:secret')}` }, ['key']],
  ['Basic in small letters', { authorization: `basic ${base64('key:')}` }, ['key']],
  ['Basic that was not encoded', { authorization: 'Basic key_1:' }, ['key_1']],
  ['Bearer', { authorization: 'Bearer key' }, ['key']],
  ['X-Write-Key', { 'x-write-key': 'key:secret' }, ['key']],
  ['an unheard-of scheme', { authorization: 'Digest key' }, []],
  ['an empty header', { authorization: '' }, []],
  ['nothing', {}, []],
])('%s', (_, headers, keys) => {
  expect(writeKeysIn({ headers })).toEqual(keys)
})

test('all places are looked at, the body before the address, a token at the last', () => {
  const query = new URLSearchParams('writeKey=asked')
  const headers = { authorization: 'Bearer token', 'x-write-key': 'header' }
  expect(writeKeysIn({ headers, query, body: 'body' })).toEqual([
    'header',
    'body',
    'asked',
    'token',
  ])
  expect(writeKeysIn({ headers: {}, query, body: 'asked' })).toEqual(['asked'])
  expect(writeKeysIn({ headers: {}, body: { not: 'a key' } })).toEqual([])
  expect(writeKeysIn({ headers: {}, body: 'x'.repeat(5000) })).toEqual(['x'.repeat(200)])
})
