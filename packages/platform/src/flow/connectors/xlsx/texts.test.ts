import { expect, test } from 'vitest'
import { makeTexts } from './texts.ts'

test('gives back every text by its number, and none that is not there', () => {
  const all = Array.from({ length: 10_000 }, (_, i) => (i % 7 === 0 ? '' : `${i} é東😀`))
  const texts = makeTexts()
  for (const text of all) texts.add(text)
  expect(all.map((_, i) => texts.get(i))).toEqual(all)
  for (const index of [10_000, 20_000, -1, 0.5, Number.NaN]) {
    expect(texts.get(index)).toBeUndefined()
  }
})
