import { describe, expect, test } from 'vitest'
import { countries } from './countries.ts'
import { list, pairs } from './country.ts'

describe.each(countries)('$code', (country) => {
  const { women, men, families, rareFamilies, streets, cities, nicknames, dealers } = country
  const lists = { women, men, families, starts: rareFamilies[0], ends: rareFamilies[1] }

  test.each(Object.entries(lists))('%s are many and different', (_, names) => {
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(12)
  })

  test('every word is there, and fits Latin-1', () => {
    const kinds = streets.kinds.flat()
    const places = cities.flatMap(({ name, postcode, landline }) => [name, postcode, landline])
    const words = [...Object.values(lists).flat(), ...streets.names, ...kinds, ...places]
    for (const word of [...words, ...nicknames.keys(), ...nicknames.values(), ...dealers.words])
      expect(word).toMatch(/^[\x21-\xff](?:[\x20-\xff]*[\x21-\xff])?$/)
  })

  test('nicknames are of people who live there', () => {
    expect([...nicknames.keys()].filter((name) => ![...women, ...men].includes(name))).toEqual([])
  })
})

test('a list may be broken into lines', () => {
  expect(list(`\n  Ann, Le\n  Gall `)).toEqual(['Ann', 'Le Gall'])
  expect(pairs('Robert: Bob, ä: ae').get('ä')).toBe('ae')
})
