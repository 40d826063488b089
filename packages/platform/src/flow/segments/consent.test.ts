import fc from 'fast-check'
import { expect, test } from 'vitest'
import { consentObjects } from '#consent'
import { memoryEngine } from '#engine/testing'
import { problemsOfMembership } from './check.ts'
import { compile } from './compile.ts'
import type { Condition, ConsentCondition } from './definition.ts'
import {
  profileId,
  segmentTenant,
  setPeople,
  setRows,
  tenantGround,
  tenantSubjects,
} from './testing/index.ts'

const engine = await memoryEngine()
await segmentTenant(engine)
for (const object of consentObjects) await setRows(engine, object, [])
const now = new Date('2026-02-16T12:00:00Z')
const ground = tenantGround(now)

// One statement for each person and purpose, so that what is known is what it says.
const statuses = { opt_in: 'opted_in', opt_out: 'opted_out' } as const
const said = fc.record({
  news: fc.option(fc.constantFrom('opt_in' as const, 'opt_out' as const)),
  sale: fc.option(fc.constantFrom('opt_in' as const, 'opt_out' as const)),
  country: fc.constantFrom('France', 'Italy'),
})
type Said = Parameters<Parameters<typeof said.map>[0]>[0]

const leaf = fc.oneof(
  fc.record({
    consent: fc.record({
      channel: fc.constant('email'),
      purpose: fc.constantFrom('news', 'SALE'),
      status: fc.constantFrom('opted_in' as const, 'opted_out' as const, 'unknown' as const),
    }),
  }),
  fc
    .constantFrom('France', 'Italy')
    .map((of) => ({ field: 'country', op: '=' as const, value: of })),
)
const condition: fc.Arbitrary<Condition> = fc.oneof(
  leaf,
  fc.record({ all: fc.array(leaf, { maxLength: 3 }) }),
  fc.record({ any: fc.array(leaf, { maxLength: 3 }) }),
  fc.record({ not: leaf }),
)

function holds(of: Condition, person: Said): boolean {
  if ('all' in of) return of.all.every((one) => holds(one, person))
  if ('any' in of) return of.any.some((one) => holds(one, person))
  if ('not' in of) return !holds(of.not, person)
  if ('consent' in of) return knownOf(of, person) === of.consent.status
  return 'field' in of && person.country === of.value
}

function knownOf({ consent: { purpose } }: ConsentCondition, person: Said) {
  const found = purpose === 'news' ? person.news : person.sale
  return found === null ? 'unknown' : statuses[found]
}

test('consent is asked like anything else, alone and among other conditions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { minLength: 1, maxLength: 6 }),
      fc.array(condition, { minLength: 8, maxLength: 8 }),
      async (people, conditions) => {
        await setPeople(
          engine,
          people.map(({ country }, i) => ({ profile: profileId(i), country })),
        )
        const rows = people.flatMap((one, i) =>
          (['news', 'sale'] as const).flatMap((purpose) => {
            const status = one[purpose]
            const common = { profile: profileId(i), individual_id__key: i, channel: 'email' }
            return status === null ? [] : [{ ...common, purpose, status }]
          }),
        )
        await setRows(engine, 'contact_point_consent', rows)
        for (const include of conditions) {
          expect(problemsOfMembership({ include }, tenantSubjects)).toEqual([])
          const found = await engine.rows(compile({ include }, ground))
          const numbers = found.map((row) => Number(BigInt(String(row['profile'])) - profileId(0)))
          const expected = people.flatMap((one, i) => (holds(include, one) ? [i] : []))
          expect(numbers.toSorted((a, b) => a - b)).toEqual(expected)
        }
      },
    ),
    { numRuns: 15 },
  )
}, 60_000)

test('only people have said anything', () => {
  const include: Condition = { consent: { channel: 'email', status: 'opted_in' } }
  const problems = problemsOfMembership({ include }, { ...tenantSubjects, on: 'account' })
  expect(problems.map(({ at, code }) => [at, code])).toEqual([
    ['include.consent', 'segments.people_only'],
  ])
})
