import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from '#engine'
import { systemCaller } from '#kernel/caller.ts'
import { isLong } from '#kernel/testing/long.ts'
import { emailAndPhone, houseOfPeople, removeRows } from './testing/index.ts'

interface Person {
  readonly stream: 'reg' | 'shop'
  readonly email?: string
  readonly phone?: string
}

/** Somebody comes or is somebody else from now on, or goes; or something is decided about two. */
type Change =
  | { readonly put: string; readonly person: Person }
  | { readonly goes: string }
  | { readonly decide: 'must' | 'cannot'; readonly pair: readonly [string, string] }

interface Case {
  readonly beginning: readonly Person[]
  readonly rounds: readonly (readonly Change[])[]
  readonly most: number
  readonly block: number
  /** The limit of the second rule. */
  readonly ownBlock: number
  readonly clean: readonly string[]
}

const name = fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7')
const person: fc.Arbitrary<Person> = fc.record(
  {
    stream: fc.constantFrom('reg' as const, 'shop' as const, 'shop' as const),
    email: fc.constantFrom('x@x.de', 'y@x.de'),
    phone: fc.constantFrom('+49 171 1234567', '+49 171 7654321'),
  },
  { requiredKeys: ['stream'] },
)
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: name, person }) },
  { weight: 2, arbitrary: fc.record({ goes: name }) },
  {
    weight: 3,
    arbitrary: fc.record({
      decide: fc.constantFrom('must' as const, 'cannot' as const, 'cannot' as const),
      pair: fc.tuple(name, name).filter(([a, b]) => a !== b),
    }),
  },
)
const cases: fc.Arbitrary<Case> = fc.record({
  beginning: fc.array(person, { minLength: 7, maxLength: 7 }),
  rounds: fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), {
    minLength: 3,
    maxLength: isLong ? 8 : 3,
  }),
  most: fc.integer({ min: 3, max: 8 }),
  block: fc.integer({ min: 4, max: 8 }),
  ownBlock: fc.integer({ min: 2, max: 8 }),
  clean: fc.constantFrom<readonly string[]>([], ['reg'], ['reg']),
})

type Decided = Extract<Change, { readonly decide: unknown }>

/** What there is, everybody in the order of age. */
interface World extends Pick<Case, 'most' | 'block' | 'ownBlock' | 'clean'> {
  readonly people: ReadonlyMap<string, Person>
  readonly decisions: readonly Decided[]
}

/** Rule by rule, each record with those before it that it agrees with, where not too many agree. */
const offersIn = ({ people, block, ownBlock }: World) =>
  (
    [
      ['email', block],
      ['phone', ownBlock],
    ] as const
  ).flatMap(([rule, limit]) =>
    [...people].flatMap(([one, { [rule]: shared }]) => {
      const all = [...people.keys()].filter((other) => people.get(other)?.[rule] === shared)
      if (shared === undefined || all.length > limit) return []
      return [[one, all.slice(0, all.indexOf(one))] as const]
    }),
  )

/** The textbook: by hand, then each rule, record after record, to the first before it that agrees and may. */
function byHand(world: World): string[] {
  const { people, decisions, most, clean } = world
  let groups = [...people.keys()].map((one) => [one])
  const of = (one: string) => groups.find((group) => group.includes(one))!
  const join = (a: string, b: string) => {
    const [one, other] = [of(a), of(b)]
    groups = [...groups.filter((g) => g !== one && g !== other), [...one, ...other]]
  }
  const known = decisions.filter(({ pair }) => pair.every((one) => people.has(one)))
  const hands: string[] = []
  for (const { decide, pair } of known) {
    if (decide === 'cannot' || of(pair[0]) === of(pair[1])) continue
    hands.push(pair[0])
    join(...pair)
  }
  const cleanIn = (group: readonly string[]) =>
    group.flatMap((one) => clean.filter((stream) => people.get(one)?.stream === stream))
  const may = (a: string, b: string) => {
    const both = [...of(a), ...of(b)]
    const isApart = known.some(
      ({ decide, pair }) => decide === 'cannot' && pair.every((one) => both.includes(one)),
    )
    const isTwice = cleanIn(of(a)).some((stream) => cleanIn(of(b)).includes(stream))
    const room = 1 + hands.filter((one) => both.includes(one)).length
    return !isApart && !isTwice && both.length <= most * room
  }
  for (const [one, before] of offersIn(world)) {
    const found = before.find((other) => of(other) === of(one) || may(other, one))
    if (found !== undefined && of(found) !== of(one)) join(found, one)
  }
  return groups.map((group) => group.toSorted().join('')).toSorted()
}

/** A house, and beside it what the textbook knows of it. */
async function worldOf({ most, block, ownBlock, clean }: Case) {
  const limits = { records_per_profile: most, block, clean_streams: [...clean] }
  const match = emailAndPhone.match.map((rule) =>
    rule.key === 'phone' ? { ...rule, block: ownBlock } : rule,
  )
  const { engine, identity, put } = await houseOfPeople({ ...emailAndPhone, match, limits })
  // Its tables are there before anybody comes.
  await put({})
  const people = new Map<string, Person>()
  const decisions: Decided[] = []
  /** Everybody who was there at the last run, in the order of age: their age stays. */
  let seen: readonly string[] = []
  const remove = async (one: string) => {
    for (const object of ['individual', 'contact_point_email', 'contact_point_phone'])
      await removeRows(engine, object, [one])
    people.delete(one)
  }
  const decide = async (of: Decided) => {
    const [one, other] = of.pair.map((id) => `${people.get(id)?.stream}:${id}`)
    if (!one || !other || !of.pair.every((id) => people.has(id))) return
    const why = 'so it is'
    const asked =
      of.decide === 'must'
        ? identity.link('people', { left: one, right: other, why }, systemCaller)
        : identity.unlink('people', { record: one, from: other, why }, systemCaller)
    const isTaken = await asked.then(
      () => true,
      (fault) => {
        expect(fault.code).toBe('identity.contradiction')
        return false
      },
    )
    if (isTaken) decisions.push(of)
  }
  return {
    engine,
    identity,
    apply: async (of: Change) => {
      if ('decide' in of) return decide(of)
      await remove('put' in of ? of.put : of.goes)
      if (!('put' in of)) return
      people.set(of.put, of.person)
      await put({ [of.put]: of.person })
    },
    groups: async () => {
      const rows = await engine.rows(sql`select string_agg(r.id, '' order by r.id) as ids
        from unified.link_individual l join model.individual r on r._key = l.record group by l.profile order by 1`)
      return rows.map(({ ids }) => ids)
    },
    expected: () => {
      const age = (one: string) => (seen.includes(one) ? seen.indexOf(one) : seen.length)
      const ordered = new Map([...people].toSorted(([a], [b]) => age(a) - age(b)))
      seen = [...ordered.keys()]
      return byHand({ people: ordered, decisions, most, block, ownBlock, clean })
    },
  }
}

test(
  'after every round of what comes, changes, goes and is decided, a run makes the groups of the textbook',
  async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (of) => {
        const { engine, identity, apply, groups, expected } = await worldOf(of)
        const beginning = of.beginning.map((person, i): Change => ({ put: `${i}`, person }))
        for (const [i, changes] of [beginning, ...of.rounds].entries()) {
          for (const one of changes) await apply(one)
          expect(await identity.run('people')).toMatchObject({
            mode: i === 0 ? 'full' : 'incremental',
          })
          expect(await groups()).toEqual(expected())
        }
        expect(await identity.run('people')).toMatchObject({ changed: false })
        await engine.close()
      }),
      { numRuns: isLong ? 40 : 3 },
    )
  },
  isLong ? 1_800_000 : 120_000,
)
