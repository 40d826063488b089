import { expect, test } from 'vitest'
import { openRegister } from './register.ts'

const keys = Array.from({ length: 10_000 }, (_, i) => `someone.${i}@inbox.example`)

test('what is taken cannot be taken again', () => {
  const register = openRegister(keys.length)
  for (const key of keys) register.take(key)
  expect(keys.filter((key) => register.take(key))).toEqual([])
})

test('what is free is hardly ever refused', () => {
  const register = openRegister(keys.length)
  const refused = keys.filter((key) => !register.take(key))
  expect(refused.length / keys.length).toBeLessThan(0.03)
})
