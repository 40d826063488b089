import { expect, test } from 'vitest'
import type { Learned } from './definition.ts'
import { doubtsAbout } from './doubts.ts'

const learned: Learned = {
  prior: 0.001,
  matches: 100,
  comparisons: [{ m: [0.9, 0.1], u: [0.01, 0.99] }],
  frequencies: {},
  left_out: {},
  rounds: 12,
  converged: true,
  log_likelihood: [],
}
const settings = { comparisons: [{ column: 'email', levels: [{ is: 'exact' as const }] }] }

test.each([
  ['nothing', learned, []],
  ['what did not settle', { ...learned, converged: false }, [/after 12 rounds/]],
  ['few matches', { ...learned, matches: 3.4 }, [/only about 3 candidates/]],
  [
    'weights upside down',
    { ...learned, comparisons: [{ m: [0.01, 0.99], u: [0.1, 0.9] }] },
    [/in email, records that differ/],
  ],
])('doubts %s', (_, of, expected) => {
  const doubts = doubtsAbout(of, settings)
  expect(doubts).toHaveLength(expected.length)
  for (const [i, doubt] of doubts.entries()) expect(doubt).toMatch(expected[i] ?? 'never')
})
