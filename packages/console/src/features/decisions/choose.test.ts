import { expect, test } from 'vitest'
import { readDecisionAddress } from './address.ts'
import { chooseDecisions, personQuery, plotOf } from './choose.ts'

const decision = {
  key: 'banner',
  label: 'Banner',
  enabled: true,
  public: true,
  offers: ['club', 'sale'],
  chosen: 5,
  shown: 4,
  clicked: 1,
}
const other = {
  ...decision,
  key: 'mail',
  label: 'Mail',
  enabled: false,
  offers: ['gift'],
  shown: 9,
}

test('decisions are found by their names and offers, narrowed and sorted', () => {
  const keys = (address: Parameters<typeof chooseDecisions>[1]) =>
    chooseDecisions([other, decision], address).map(({ key }) => key)
  expect(keys({})).toEqual(['banner', 'mail'])
  expect(keys({ sort: 'shown' })).toEqual(['mail', 'banner'])
  expect(keys({ q: 'gift' })).toEqual(['mail'])
  expect(keys({ state: 'on' })).toEqual(['banner'])
})

test('every day has a count for every offer, and the counts are those of the outcome', () => {
  const counts = { chosen: 3, shown: 2, clicked: 0 }
  const plot = plotOf(
    {
      offers: [
        { offer: 'club', ...counts },
        { offer: 'sale', ...counts },
      ],
      days: [{ day: '2026-03-02', offer: 'sale', ...counts }],
    },
    { outcome: 'shown', days: 3, now: Date.parse('2026-03-03T10:00:00Z') },
  )
  expect(plot.steps).toEqual(['2026-03-01', '2026-03-02', '2026-03-03'])
  expect(plot.series.map(({ name, values }) => [name, values])).toEqual([
    ['club', [0, 0, 0]],
    ['sale', [0, 2, 0]],
  ])
})

test('whoever has the digits of a profile is asked for as one, others by their id in events', () => {
  expect(personQuery('1234567890123456789')).toEqual({ profile: '1234567890123456789' })
  expect(personQuery('1234')).toEqual({ person: '1234' })
  expect(personQuery('visitor-7')).toEqual({ person: 'visitor-7' })
})

test('an address keeps what is known, and nothing else', () => {
  expect(
    readDecisionAddress({ tab: 'log', outcome: 'shown', offer: 'club', given: 'all', days: '3' }),
  ).toEqual({ tab: 'log', outcome: 'shown', offer: 'club' })
})
