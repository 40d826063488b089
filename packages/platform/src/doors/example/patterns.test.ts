import { expect, test } from 'vitest'
import { fillPattern } from './patterns.ts'
import { randomFrom } from './random.ts'

test.each([
  ['10###', /^10\d{3}$/],
  ['SW# #@@', /^SW\d \d[A-Z]{2}$/],
  ['212 N######', /^212 [2-9]\d{6}$/],
])('fills %s', (pattern, form) => {
  const random = randomFrom(1)
  for (let i = 0; i < 50; i++) expect(fillPattern(pattern, random)).toMatch(form)
})
