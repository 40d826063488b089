import { expect, test } from 'vitest'
import { randomFrom } from './random.ts'
import { mistype } from './typos.ts'

const words = ['Schmidt', 'Anna', 'Müller', "O'Brien", 'de la Fuente', 'Élodie', 'Ida', 'Åsa']

test.each(words)('%s is always mistyped, and still begins and is as long as before', (word) => {
  const random = randomFrom(1)
  for (let i = 0; i < 100; i++) {
    const typed = mistype(word, random)
    expect(typed).not.toBe(word)
    expect(typed.charAt(0)).toBe(word.charAt(0))
    expect(Math.abs(typed.length - word.length)).toBeLessThanOrEqual(1)
  }
})

test('all four slips are made', () => {
  const random = randomFrom(2)
  const typed = new Set(Array.from({ length: 500 }, () => mistype('abcd', random)))
  expect([...typed]).toEqual(expect.arrayContaining(['acbd', 'abbcd', 'acd', 'avcd', 'abvd']))
})

test('two letters are left alone', () => {
  expect(mistype('Li', randomFrom(1))).toBe('Li')
})
