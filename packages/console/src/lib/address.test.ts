import { expect, test } from 'vitest'
import { readAddress, textIn, tokenInFragment, wordIn, writeAddress } from './address.ts'

test('a word survives the way into the address and back', () => {
  const words = { q: 'o’hara & söhne + 100%', sort: 'rows' }
  expect(readAddress(writeAddress(words))).toEqual(words)
})

test('a number that was typed stays text', () => {
  expect(readAddress('?q=0049')).toEqual({ q: '0049' })
})

test('what is empty is left out', () => {
  expect(writeAddress({ q: '', kind: undefined })).toBe('')
})

test('a text of blanks is no text', () => {
  expect(textIn({ q: '   ' }, 'q')).toBeUndefined()
})

test('a word that is not known is not there', () => {
  expect(wordIn({ sort: 'colour' }, 'sort', ['rows', 'name'])).toBeUndefined()
  expect(wordIn({ sort: 'rows' }, 'sort', ['rows', 'name'])).toBe('rows')
})

test.each([
  ['#token=abc.def', 'abc.def'],
  ['#section', undefined],
  ['#token=', undefined],
  ['', undefined],
])('the token in %j is %j', (fragment, token) => {
  expect(tokenInFragment(fragment)).toBe(token)
})
