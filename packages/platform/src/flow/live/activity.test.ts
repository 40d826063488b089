import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countOf, type LiveEvent, lastEvents, mostEvents, noActivity, take } from './activity.ts'
import type { Counter } from './definition.ts'

const counter = (key: string, window: string): Counter => ({ key, body: { event: 'site', window } })
const counters = [
  counter('minute', '1 minute'),
  counter('hour', '2 hours'),
  counter('ever', 'total'),
]
const minute = 60_000

const event = (position: number, at: number | undefined): LiveEvent => ({
  position,
  at,
  stream: 'site',
  type: 'track',
  name: 'Seen',
  id: undefined,
  values: {},
})

// Events of three ids, late or not, at a clock that goes on.
const comings = fc.array(
  fc.record({
    who: fc.nat(2),
    lateMs: fc.oneof(fc.constant(0), fc.nat(3 * minute), fc.nat(5 * 60 * minute)),
    passesMs: fc.nat(20 * minute),
    says: fc.boolean(),
  }),
  { maxLength: 120 },
)

test('counts and last events are those of a recount, whoever is put together', () => {
  fc.assert(
    fc.property(comings, fc.subarray([0, 1, 2]), fc.nat(90 * minute), (all, who, later) => {
      const of = [0, 1, 2].map(() => noActivity(0, 0))
      const came: (LiveEvent & { who: number })[] = []
      let now = 1e12
      all.forEach((one, i) => {
        now += one.passesMs
        const made = event(i + 1, one.says ? now - one.lateMs : undefined)
        came.push({ ...made, who: one.who })
        take(of[one.who]!, made, { counters, now })
      })
      now += later
      const theirs = came.filter((one) => who.includes(one.who))
      const within = (ms: number) =>
        theirs.filter(({ at }) => at !== undefined && at > now - ms).length
      const mine = who.map((n) => of[n]!)
      expect(counters.map((one) => countOf(mine, one, now))).toEqual([
        within(minute),
        within(120 * minute),
        theirs.length,
      ])
      const last = theirs
        .toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0) || b.position - a.position)
        .slice(0, mostEvents)
      expect(lastEvents(mine).map(({ position }) => position)).toEqual(
        last.map(({ position }) => position),
      )
    }),
  )
})
