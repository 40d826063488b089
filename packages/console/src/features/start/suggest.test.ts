import { expect, test } from 'vitest'
import { suggestionsFor, worthwhile } from './suggest.ts'

test('places are suggested only where customers have some, under keys that definitions may have', () => {
  const keys = (of: Parameters<typeof suggestionsFor>[0]) =>
    suggestionsFor(of).map(({ key }) => key)
  expect(keys({})).toEqual(['reachable_by_email', 'of_age', 'reachable_by_phone'])
  const placed = keys({ country: "Côte d'Ivoire", city: '東京' })
  expect(placed).toContain('from_country_cote_d_ivoire')
  expect(placed.every((key) => /^[a-z][a-z0-9_]*$/.test(key))).toBe(true)
})

test('who means nobody is left out, who means everybody comes last', () => {
  const of = (members: number) => ({ members, people: 10 })
  expect(worthwhile([of(10), of(0), of(4)]).map(({ members }) => members)).toEqual([4, 10])
})
