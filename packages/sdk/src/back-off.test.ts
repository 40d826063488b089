import { expect, test } from 'vitest'
import { backOffMs, randomId } from './back-off.ts'

const always = (byte: number) => (bytes: number) => new Uint8Array(bytes).fill(byte)
const wait = (failures: number, byte: number) =>
  backOffMs(failures, { firstMs: 1000, mostMs: 300_000, random: always(byte) })

test('doubles up to the most, and chance takes away at most half', () => {
  expect([1, 2, 3, 9, 10, 5000].map((n) => wait(n, 255))).toEqual([
    1000, 2000, 4000, 256_000, 300_000, 300_000,
  ])
  expect([1, 2, 5000].map((n) => wait(n, 0))).toEqual([500, 1000, 150_000])
})

test('an id is 128 bits', () => {
  expect(randomId((bytes) => new Uint8Array(bytes).map((_, i) => i))).toBe(
    '000102030405060708090a0b0c0d0e0f',
  )
})
