import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from '#engine'
import { systemCaller } from '#kernel/caller.ts'
import { emailAndPhone, houseOfPeople, removeRows } from './testing/index.ts'

interface Person {
  readonly email?: string
  readonly phone?: string
}

interface Case {
  readonly people: readonly Person[]
  /** What some of them are afterwards. */
  readonly later: readonly (readonly [number, Person])[]
  readonly cannot: readonly (readonly [number, number])[]
  readonly must: readonly [number, number]
  readonly most: number
}

const person = fc.record(
  {
    email: fc.constantFrom('x@x.de', 'y@x.de'),
    phone: fc.constantFrom('+49 171 1234567', '+49 171 7654321'),
  },
  { requiredKeys: [] },
)
const number = fc.nat(6)
const pair = fc.tuple(number, number).filter(([a, b]) => a !== b)
const cases: fc.Arbitrary<Case> = fc.record({
  people: fc.array(person, { minLength: 7, maxLength: 7 }),
  later: fc.uniqueArray(fc.tuple(number, person), {
    minLength: 1,
    maxLength: 3,
    selector: ([i]) => i,
  }),
  cannot: fc.array(pair, { minLength: 1, maxLength: 3 }),
  must: pair,
  most: fc.integer({ min: 3, max: 7 }),
})

const isSamePair = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]) =>
  (a === c && b === d) || (a === d && b === c)

/** The textbook: by hand, then each rule, record after record, to the first before it that agrees and may. */
function byHand({ people, cannot, must, most }: Case): string[] {
  let groups = people.map((_, i) => [i])
  const of = (i: number) => groups.find((group) => group.includes(i))!
  const join = (a: number, b: number) => {
    const [one, other] = [of(a), of(b)]
    if (one !== other)
      groups = [...groups.filter((g) => g !== one && g !== other), [...one, ...other]]
  }
  const may = (a: number, b: number) => {
    const both = [...of(a), ...of(b)]
    const isApart = cannot.some(([l, r]) => both.includes(l) && both.includes(r))
    return !isApart && both.length <= most * (both.includes(must[0]) ? 2 : 1)
  }
  join(...must)
  for (const rule of ['email', 'phone'] as const)
    for (const [i, { [rule]: shared }] of people.entries()) {
      const before = people.flatMap((other, j) =>
        j < i && shared !== undefined && other[rule] === shared ? [j] : [],
      )
      const found = before.find((j) => of(j) === of(i) || may(j, i))
      if (found !== undefined) join(found, i)
    }
  return groups.map((group) => group.toSorted().join('')).toSorted()
}

test('a run makes the groups of the textbook, from what is published as well, and after a few changes', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (of) => {
      fc.pre(of.cannot.every((apart) => !isSamePair(apart, of.must)))
      const limits = { records_per_profile: of.most }
      const { engine, identity, put } = await houseOfPeople({ ...emailAndPhone, limits })
      await put(Object.fromEntries(of.people.map((one, i) => [`${i}`, one])))
      const why = 'so it is'
      const [left, right] = of.must
      await identity.link(
        'people',
        { left: `crm:${left}`, right: `crm:${right}`, why },
        systemCaller,
      )
      for (const [record, from] of of.cannot)
        await identity.unlink(
          'people',
          { record: `crm:${record}`, from: `crm:${from}`, why },
          systemCaller,
        )
      await identity.run('people')
      const groups = async () => {
        const rows = await engine.rows(sql`select string_agg(r.id, '' order by r.id) as ids
          from unified.link_individual l join model.individual r on r._key = l.record group by l.profile order by 1`)
        return rows.map(({ ids }) => ids)
      }
      expect(await groups()).toEqual(byHand(of))
      expect(await identity.run('people')).toMatchObject({ changed: false })

      const after = new Map(of.later)
      const changed = [...after.keys()].map(String)
      for (const object of ['individual', 'contact_point_email', 'contact_point_phone'])
        await removeRows(engine, object, changed)
      await put(Object.fromEntries(of.later.map(([i, one]) => [`${i}`, one])))
      expect(await identity.run('people')).toMatchObject({ mode: 'incremental' })
      const people = of.people.map((one, i) => after.get(i) ?? one)
      expect(await groups()).toEqual(byHand({ ...of, people }))
      await engine.close()
    }),
    { numRuns: 4 },
  )
})
