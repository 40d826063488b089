import { expect, test } from 'vitest'
import { slugOf } from './slug.ts'

test.each([
  ['Web shop', 'web_shop'],
  ['  Händler & Söhne, Straße 3 ', 'handler_sohne_strasse_3'],
  ['2nd app', 'nd_app'],
  ['東京', ''],
])('%j becomes %j', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})
