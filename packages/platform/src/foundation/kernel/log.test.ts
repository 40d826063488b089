import { expect, test } from 'vitest'
import { jsonLog, masked } from './log.ts'

const lines: string[] = []
const log = jsonLog({
  write: (line) => lines.push(line),
  now: () => new Date(0),
  level: 'info',
  facts: { room: 'x' },
})

test('writes one JSON object a line, from a level on', () => {
  log.debug('quiet')
  log.with({ job: 7 }).warn('loud', { n: 1n })
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'loud', room: 'x', job: 7, n: '1' },
  ])
})

test.each([
  [{ who: 'Ada <ada@example.org>' }, { who: 'Ada <***@***>' }],
  [{ phone: '+49 (0) 171 1234567' }, { phone: '***' }],
  [
    { apiKey: 'x', nested: { token: 'y' } },
    { apiKey: '***', nested: { token: '***' } },
  ],
  [
    { at: '2026-01-31T10:00:00Z', n: 12345 },
    { at: '2026-01-31T10:00:00Z', n: 12345 },
  ],
  [[new Error('of bob@example.com')], [{ name: 'Error', message: 'of ***@***' }]],
])('covers what is personal or secret in %j', (value, expected) => {
  expect(masked(value)).toEqual(expected)
})
