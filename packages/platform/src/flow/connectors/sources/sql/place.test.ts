import { expect, test } from 'vitest'
import { isSecure } from './place.ts'

test.each([
  ['db.example.com', undefined, true],
  ['db.example.com', 'off', false],
  ['10.0.0.7', undefined, true],
  ['localhost', undefined, false],
  ['localhost.example.com', undefined, true],
  ['127.0.0.1', undefined, false],
  ['127.example.com', undefined, true],
  ['::1', undefined, false],
  ['127.0.0.1', 'require', true],
] as const)('%s with tls %s: %s', (host, tls, expected) => {
  expect(isSecure({ host, ...(tls ? { tls } : {}) })).toBe(expected)
})
