import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import { memoryStore } from '#store/testing'
import type { Ruleset, RulesetDefinition } from './definition.ts'
import { guarded } from './guards.ts'
import { makeIdentity } from './identity.ts'
import { identityMigrations } from './records.ts'
import { emailAndPhone, houseOfPeople, putRows } from './testing/index.ts'

const model = modelOf([])
const [byEmail, byPhone] = emailAndPhone.match

const definitionOf = ({ key: _, matcher: __, ...body }: Ruleset): RulesetDefinition => body
const only = (rule: typeof byEmail, limits?: Ruleset['limits']): Ruleset => ({
  ...emailAndPhone,
  match: rule ? [rule] : [],
  ...(limits ? { limits } : {}),
})

/** Everything that identity keeps, and whose every row is, as text; tables that hold nothing count as nothing. */
async function written(engine: Engine): Promise<readonly string[]> {
  const tables = await Promise.all(
    (['unified', 'model'] as const).map(async (schema) =>
      (await engine.tables(schema)).map(({ name }) => ({ schema, name })),
    ),
  )
  const all: string[] = []
  for (const { schema, name } of tables.flat()) {
    const text = {
      kind: 'draft',
      parts: [`select t::text as row from ${schema}."${name}" t order by 1`],
    }
    const rows = await engine.rows(text as ReturnType<typeof sql>)
    if (rows.length > 0) all.push(JSON.stringify([schema, name, rows]))
  }
  return all.toSorted()
}

/** Which profile each record is in. */
async function profilesOf(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const rows = await engine.rows(sql`select record, profile from unified.link_individual`)
  return new Map(rows.map((row) => [String(row['record']), String(row['profile'])]))
}

/** The textbook: what became of profiles, from who was where before and after. */
function becameOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const kept = [...before].filter(([record]) => after.has(record))
  const into = Map.groupBy(kept, ([, old]) => old)
  const from = Map.groupBy(kept, ([record]) => after.get(record) ?? '')
  const distinct = (of: readonly unknown[]) => new Set(of).size
  return {
    pairs: [...from.values()].reduce(
      (sum, records) => sum + distinct(records.map(([, old]) => old)) - 1,
      0,
    ),
    fallen: [...into.values()].filter(
      (records) => distinct(records.map(([record]) => after.get(record))) > 1,
    ).length,
    moved: kept.filter(([record, old]) => after.get(record) !== old).length,
    profiles: distinct([...after.values()]),
  }
}

interface Person {
  readonly email?: string
  readonly phone?: string
}

const person: fc.Arbitrary<Person> = fc.record(
  {
    email: fc.constantFrom('x@x.de', 'y@x.de', 'z@x.de'),
    phone: fc.constantFrom('+49 171 1234567', '+49 171 7654321', '+49 171 5554321'),
  },
  { requiredKeys: [] },
)
const rulesets: readonly Ruleset[] = [
  emailAndPhone,
  only(byEmail),
  only(byPhone),
  { ...emailAndPhone, limits: { records_per_profile: 2 } },
  { ...emailAndPhone, limits: { block: 2 } },
]

test('what is foretold is what a publish then does, and foretelling writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 4, maxLength: 8 }),
      fc.array(person, { maxLength: 3 }),
      fc.constantFrom(...rulesets),
      fc.constantFrom(...rulesets),
      async (people, more, first, second) => {
        const engine = await memoryEngine()
        const store = await memoryStore({ identity: identityMigrations })
        let ruleset = first
        const identity = makeIdentity({
          engine,
          store,
          clock: stoppedClock(new Date('2026-01-01T00:00:00Z')),
          model: async () => model,
          rulesets: async () => [guarded(ruleset)],
        })
        await putPeople(engine, people, 0)
        await identity.run('people')
        await putPeople(engine, more, people.length)
        const asBefore = await written(engine)
        const before = await profilesOf(engine)
        const told = await identity.simulate('people', { ruleset: definitionOf(second) })
        expect(await written(engine)).toEqual(asBefore)
        ruleset = second
        const done = await identity.run('people')
        const after = await profilesOf(engine)
        const became = becameOf(before, after)
        const { created, merged, split, refused = 0, for_review = 0 } = done
        expect(told).toMatchObject({ created, merged, split, refused, for_review })
        expect(told.after).toEqual({
          records: done.records,
          profiles: became.profiles,
          consolidation_rate: done.consolidation_rate,
        })
        expect(told.rules).toEqual(done.rules)
        expect(told.retired.profiles).toBe(done.retired)
        expect(told.joins.pairs).toBe(became.pairs)
        expect(told.splits.profiles).toBe(became.fallen)
        expect(told.ids.records).toBe(became.moved)
        for (const { left, right, becomes, by } of told.joins.items) {
          expect(by.length).toBeGreaterThan(0)
          for (const link of by) {
            const ends = [before.get(link.left.record), before.get(link.right.record)]
            expect(ends.filter((profile) => profile === right.profile)).toHaveLength(1)
            expect(after.get(link.left.record)).toBe(becomes)
          }
          expect(left.profile).not.toBe(right.profile)
        }
        for (const { profile, into } of told.splits.items)
          for (const part of into)
            expect(
              [...before].filter(
                ([record, old]) => old === profile && after.get(record) === part.profile,
              ),
            ).toHaveLength(part.records)
        expect(
          (await identity.simulate('people', {})).changes,
          'after it was published, nothing is left to foretell',
        ).toBe(false)
        await engine.close()
      },
    ),
    { numRuns: 8 },
  )
}, 120_000)

const putPeople = async (engine: Engine, people: readonly Person[], from: number) => {
  const rows = people.map((of, i) => ({ ...of, id: `${from + i}` }))
  await putRows(
    engine,
    model,
    'individual',
    rows.map(({ id }) => ({ id, last_name: id })),
  )
  await putRows(
    engine,
    model,
    'contact_point_email',
    rows.flatMap(({ id, email }) =>
      email === undefined ? [] : [{ id, individual_id: id, email_address: email }],
    ),
  )
  await putRows(
    engine,
    model,
    'contact_point_phone',
    rows.flatMap(({ id, phone }) =>
      phone === undefined ? [] : [{ id, individual_id: id, telephone_number: phone }],
    ),
  )
}

test('joins and splits name their links, with values masked', async () => {
  const { identity, put } = await houseOfPeople(only(byEmail))
  await put({
    a: { email: 'ann@x.de', phone: '+49 171 1234567' },
    b: { email: 'ann@x.de' },
    c: { phone: '+49 171 1234567' },
  })
  await identity.run('people')
  const told = await identity.simulate('people', { ruleset: definitionOf(only(byPhone)) })
  expect(told).toMatchObject({
    before: { records: 3, profiles: 2 },
    after: { records: 3, profiles: 2 },
    changes: true,
    joins: {
      pairs: 1,
      items: [
        {
          left: { records: 2 },
          right: { records: 1 },
          moves: 1,
          by: [{ rule: 'phone', left: { id: 'a' }, right: { id: 'c' } }],
        },
      ],
    },
    splits: {
      profiles: 1,
      items: [
        {
          records: 2,
          parts: 2,
          without: [{ rule: 'email', label: 'Same e-mail', left: { id: 'a' }, right: { id: 'b' } }],
        },
      ],
    },
    segments: [],
  })
  const shown = JSON.stringify(told)
  expect(shown).not.toContain('ann@x.de')
  expect(shown).not.toContain('1711234567')
})

test('what would newly wait is told, and what would wait no longer', async () => {
  const limited = { ...emailAndPhone, limits: { records_per_profile: 2 } }
  const { identity, put } = await houseOfPeople(emailAndPhone)
  await put({ a: { email: 'x@x.de' }, b: { email: 'x@x.de' }, c: { email: 'x@x.de' } })
  await identity.run('people')
  const told = await identity.simulate('people', { ruleset: definitionOf(limited) })
  expect(told.review).toMatchObject({
    pairs: 1,
    no_longer: 0,
    items: [
      {
        left: { records: expect.any(Number) },
        reason: 'too_many_records',
        examples: [{ rule: 'email', label: 'Same e-mail' }],
      },
    ],
  })
  expect(told.splits.items[0]?.without).toMatchObject([
    { rule: 'email', reason: 'too_many_records' },
  ])
  const house = await houseOfPeople(limited)
  await house.put({ a: { email: 'x@x.de' }, b: { email: 'x@x.de' }, c: { email: 'x@x.de' } })
  await house.identity.run('people')
  const freed = await house.identity.simulate('people', { ruleset: definitionOf(emailAndPhone) })
  expect(freed.review).toMatchObject({ pairs: 0, no_longer: 1, items: [] })
  expect(freed.for_review).toBe(0)
})

test('decisions stand in a simulation as in a run', async () => {
  const { identity, put } = await houseOfPeople(only(byPhone))
  await put({ a: { email: 'x@x.de' }, b: { email: 'x@x.de' } })
  await identity.run('people')
  await identity.unlink('people', { record: 'crm:a', from: 'crm:b', why: 'twins' }, systemCaller)
  const told = await identity.simulate('people', { ruleset: definitionOf(only(byEmail)) })
  expect(told).toMatchObject({ refused: 1, joins: { pairs: 0 }, review: { pairs: 0 } })
})

test('a bad draft is refused with everything that is wrong', async () => {
  const { identity } = await houseOfPeople()
  const bad = {
    ...definitionOf(emailAndPhone),
    match: [{ key: 'x', all: [{ object: 'individual', field: 'nmae', by: 'exact' as const }] }],
    model: { use: 'nobody' },
  }
  await expect(identity.draft('people', { ruleset: bad })).rejects.toMatchObject({
    problems: [{ at: 'ruleset.match[0].all[0].field' }, { at: 'ruleset.model.use' }],
  })
  await expect(identity.draft('people', { at_least: 0.9 })).rejects.toMatchObject({
    code: 'identity.no_model',
  })
  await expect(
    identity.draft('people', { file: 'kind: segment\nkey: people\n' }),
  ).rejects.toMatchObject({
    code: 'identity.not_in_file',
  })
  const file = `kind: ruleset
key: people
on: individual
match: [{ key: x, all: [{ object: contact_point_email, field: email_address, by: exact }] }]
reconcile: { default: last_updated }
`
  expect(await identity.draft('people', { file })).toMatchObject({ match: [{ key: 'x' }] })
  const reserved = { ruleset: definitionOf(emailAndPhone) }
  await expect(identity.draft('models', reserved)).rejects.toMatchObject({
    problems: [{ code: 'identity.reserved_key' }, { code: 'identity.one_ruleset' }],
  })
  await expect(identity.draft('peple', {})).rejects.toMatchObject({
    code: 'identity.unknown_ruleset',
  })
})
