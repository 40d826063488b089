import { expect, test } from 'vitest'
import { waterfallOf } from './waterfall.ts'

const titles = { prior: 'Before', sum: 'Together' }

test('every bar begins where the one before it ended, and the last tells the sum', () => {
  const { bars, zero, needed } = waterfallOf(
    {
      model: 'm',
      prior: -8,
      falls: [
        {
          column: 'last_name',
          level: 'exact',
          left: ['W***'],
          right: ['W***'],
          weight: 6,
          frequency: 2,
        },
        { column: 'phone', level: 'missing', left: [], right: [], weight: 0, frequency: 0 },
        { column: 'email', level: 'differs', left: ['a'], right: ['b'], weight: -2, frequency: 0 },
        {
          column: 'birth_date',
          level: 'exact',
          left: ['1'],
          right: ['1'],
          weight: 10,
          frequency: 0,
        },
      ],
      weight: 8,
      probability: 0.99,
      at_least: 0.5,
      weight_at_least: 2,
    },
    titles,
  )
  // From -8 to 8 bits: a sixteenth each.
  expect(
    bars.map(({ title, from, to, tone }) => [title, from * 16 - 8, to * 16 - 8, tone]),
  ).toEqual([
    ['Before', 0, -8, 'prior'],
    ['last_name', -8, 0, 'for'],
    ['phone', 0, 0, 'nothing'],
    ['email', 0, -2, 'against'],
    ['birth_date', -2, 8, 'for'],
    ['Together', 0, 8, 'sum'],
  ])
  expect([zero * 16 - 8, needed * 16 - 8]).toEqual([0, 2])
})
