import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from '#engine'
import type { Ruleset } from '#identity'
import { emailAndPhone, houseOfPeople, putRows } from '#identity/testing'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { jsonLog } from '#kernel/log.ts'
import { makeResolver } from './resolver.ts'

const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
const log = jsonLog({ write: () => {}, now: clock.now })

async function house(ruleset: Ruleset = emailAndPhone) {
  const of = await houseOfPeople(ruleset)
  const resolver = makeResolver({
    engine: of.engine,
    store: of.store,
    clock,
    log,
    model: async () => of.model,
    rulesets: async () => [ruleset],
  })
  const load = async () => {
    resolver.note()
    await resolver.settled()
  }
  const profiles = async () => {
    const found = await of.engine.rows(sql`select r.id, l.profile from unified.link_individual l
      join model.individual r on r._key = l.record`)
    return new Map(found.map(({ id, profile }) => [String(id), String(profile)]))
  }
  const refused = async () => {
    const found = await of.engine.rows(sql`select r.id from unified.refused_individual f
      join model.individual r on r._key in (f."left", f."right")`)
    return new Set(found.map(({ id }) => String(id)))
  }
  return { ...of, resolver, load, profiles, refused }
}

const rows = ({ email, phone }: { email?: string; phone?: string }) => ({
  rows: {
    individual: [{ last_name: 'x' }],
    ...(email === undefined ? {} : { contact_point_email: [{ email_address: email }] }),
    ...(phone === undefined
      ? {}
      : { contact_point_phone: [{ telephone_number: phone, country: 'DE' }] }),
  },
})

test('a record is known by its values, however they are written', { timeout: 30_000 }, async () => {
  const { identity, put, load, resolver, profiles, engine } = await house()
  await put({ a: { email: 'Ann.B@gmail.com' }, b: { phone: '+49 171 1234567' } })
  await identity.run('people')
  await load()
  const found = await resolver.resolve('people', rows({ email: ' annb+x@googlemail.com ' }))
  const profile = (await profiles()).get('a')
  expect(found).toMatchObject({
    state: 'known',
    profile,
    by: [{ rule: 'email', label: 'Same e-mail', profile, records: 1 }],
  })
  expect(await resolver.resolve('people', rows({ email: 'c@x.de' }))).toMatchObject({
    state: 'new',
    by: [],
  })
  const both = await resolver.resolve(
    'people',
    rows({ email: 'annb@gmail.com', phone: '0171 1234567' }),
  )
  expect(both.would_join).toHaveLength(2)
  expect(
    await resolver.resolve('people', { rows: {}, record: { source: 'crm', id: 'b' } }),
  ).toMatchObject({
    state: 'known',
    profile: (await profiles()).get('b'),
  })
  await resolver.close()
  await engine.close()
})

interface Person {
  readonly stream?: string
  readonly email?: string
  readonly phone?: string
  readonly login?: string
}

const person: fc.Arbitrary<Person> = fc.record(
  {
    email: fc.constantFrom('a@x.de', 'b@x.de', 'c@x.de', 'test@test.com'),
    phone: fc.constantFrom('+49 171 1234567', '+49 171 7654321', '+49 171 2345671'),
    login: fc.constantFrom('l1', 'l2'),
    stream: fc.constantFrom('reg', 'shop'),
  },
  { requiredKeys: [] },
)
const count = 9
const pair = fc.tuple(fc.nat(count - 1), fc.nat(count - 1)).filter(([a, b]) => a !== b)

/** People who share nothing with those of other cases, somebody who comes to them, and what was decided of them. */
const oneCase = fc.record({
  people: fc.array(person, { minLength: count, maxLength: count }),
  newcomer: person,
  /** Undefined: somebody new; otherwise more of somebody who is there. */
  whose: fc.option(fc.nat(count - 1), { nil: undefined, freq: 3 }),
  cannot: fc.array(pair, { maxLength: 2 }),
  must: fc.array(pair, { maxLength: 1 }),
})
type Case = typeof oneCase extends fc.Arbitrary<infer C> ? C : never

const cases = fc.record({
  all: fc.array(oneCase, { minLength: 25, maxLength: 25 }),
  most: fc.integer({ min: 2, max: 6 }),
  block: fc.integer({ min: 3, max: 6 }),
  larger: fc.constantFrom('leave_out' as const, 'cap' as const),
})

const loginObject = 'party_identification'
const identification_type = 'login'

/** Somebody of a case, whose values no other case has. */
const ofCase = (n: number, { stream = 'shop', email, phone, login }: Person): Person => ({
  stream,
  ...(email === undefined ? {} : { email: email.startsWith('test') ? email : `${n}${email}` }),
  ...(phone === undefined ? {} : { phone: phone.replace('171', String(610 + n)) }),
  ...(login === undefined ? {} : { login: `${n}${login}` }),
})

test('what is told of a record is what the next run makes of it', async () => {
  const seen = { known: 0, new: 0, review: 0, joins: 0, refused: 0, twice: 0 }
  await fc.assert(
    fc.asyncProperty(cases, async ({ all, most, block, larger }) => {
      const identifiers = [
        { object: loginObject, field: 'identification_number', per: 'identification_type' },
      ]
      const clean_streams = ['reg']
      const limits = { records_per_profile: most, block, identifiers, clean_streams }
      const match = emailAndPhone.match.map((rule) =>
        rule.key === 'phone' ? { ...rule, block: block - 1, larger } : rule,
      )
      const of = await house({ ...emailAndPhone, match, limits })
      const people = all.flatMap(({ people }, n) =>
        people.map((one, i) => [`${n}-${i}`, ofCase(n, one)] as const),
      )
      await of.put(Object.fromEntries(people))
      await putLogins(of, people)
      const streams = new Map(people.map(([id, { stream }]) => [id, stream]))
      for (const [n, one] of all.entries()) await decide(of, n, one, streams)
      await of.identity.run('people')
      await of.load()
      const before = new Set((await of.profiles()).values())
      const comers = all.map(({ newcomer, whose }, n) => ({
        id: whose === undefined ? `${n}-new` : `${n}-${whose}`,
        isNew: whose === undefined,
        ...ofCase(n, newcomer),
      }))
      const told = await Promise.all(
        comers.map(({ id, login, stream, isNew, ...values }) =>
          of.resolver.resolve('people', {
            rows: {
              ...rows(values).rows,
              ...(login === undefined
                ? {}
                : { [loginObject]: [{ identification_type, identification_number: login }] }),
            },
            record: { source: 'crm', id, ...(isNew && stream ? { stream } : {}) },
          }),
        ),
      )
      await arrive(of, comers)
      await of.identity.run('people')
      const [after, refused] = [await of.profiles(), await of.refused()]
      for (const [i, { id }] of comers.entries()) {
        const { state, profile, would_join, refused: reasons = [] } = told[i]!
        if (profile === undefined) expect(before).not.toContain(after.get(id))
        else expect([id, after.get(id)]).toEqual([id, profile])
        const isGuarded = reasons.some(({ reason }) => guards.includes(reason))
        expect([id, refused.has(id)]).toEqual([id, isGuarded])
        seen[state]++
        if (would_join) seen.joins++
        if (isGuarded) seen.refused++
        if (reasons.some(({ reason }) => reason === 'clean_source')) seen.twice++
      }
      await of.resolver.close()
      await of.engine.close()
    }),
    { numRuns: 3, endOnFailure: true },
  )
  // Otherwise the cases would be too tame to tell anything.
  expect(Object.entries(seen).filter(([, times]) => times === 0)).toEqual([])
}, 120_000)

const guards = ['kept_apart', 'clean_source', 'identifiers_differ', 'too_many_records']

type House = Awaited<ReturnType<typeof house>>

const putLogins = ({ engine, model }: House, people: readonly (readonly [string, Person])[]) =>
  putRows(
    engine,
    model,
    loginObject,
    people.flatMap(([id, { login }]) =>
      login === undefined
        ? []
        : [
            {
              id: `${id}-${login}`,
              individual_id: id,
              identification_type,
              identification_number: login,
            },
          ],
    ),
  )

async function arrive(of: House, comers: readonly (Person & { id: string; isNew: boolean })[]) {
  const fresh = comers.filter(({ isNew }) => isNew)
  await of.put(Object.fromEntries(fresh.map(({ id, ...values }) => [id, values])))
  for (const { id, isNew, email, phone } of comers) {
    if (isNew) continue
    const more = { id: `${id}-more`, individual_id: id }
    if (email)
      await putRows(of.engine, of.model, 'contact_point_email', [{ ...more, email_address: email }])
    if (phone)
      await putRows(of.engine, of.model, 'contact_point_phone', [
        { ...more, telephone_number: phone },
      ])
  }
  await putLogins(
    of,
    comers.map((one) => [one.id, one] as const),
  )
}

async function decide(
  { identity }: House,
  n: number,
  { must, cannot }: Case,
  streams: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const [why, of] = ['so it is', (i: number) => `${streams.get(`${n}-${i}`)}:${n}-${i}`]
  const asked = [
    ...must.map(
      ([left, right]) =>
        () =>
          identity.link('people', { left: of(left), right: of(right), why }, systemCaller),
    ),
    ...cannot.map(
      ([record, from]) =>
        () =>
          identity.unlink('people', { record: of(record), from: of(from), why }, systemCaller),
    ),
  ]
  // What contradicts what was decided before is refused, and that is well.
  for (const one of asked) await one().catch(() => {})
}

test('what people decide counts at once, before any run has heeded it', async () => {
  const { identity, put, load, resolver, profiles } = await house()
  await put({ a: { email: 'a@x.de' }, b: { email: 'b@x.de' } })
  await identity.run('people')
  await load()
  const asked = () => resolver.resolve('people', rows({ email: 'b@x.de' }))
  const [a, b] = [(await profiles()).get('a'), (await profiles()).get('b')]
  expect(await asked()).toMatchObject({ state: 'known', profile: b })
  const body = { left: 'crm:a', right: 'crm:b', why: 'twins' }
  const [decision] = await identity.link('people', body, systemCaller)
  const joined = await asked()
  expect(joined).toMatchObject({ state: 'known', profile: a })
  expect(new Set(joined.would_join)).toEqual(new Set([a, b]))
  const decisions = [decision?.number ?? 0]
  await identity.withdraw('people', { decisions, why: 'no' }, systemCaller)
  const apart = await asked()
  expect(apart).toMatchObject({ state: 'known', profile: b })
  expect(apart.would_join).toBeUndefined()
  await resolver.close()
})

test('before anything is loaded, and where nothing is published, it says so', async () => {
  const { identity, put, load, resolver, engine } = await house()
  const ask = () => resolver.resolve('people', rows({ email: 'a@x.de' }))
  await expect(ask()).rejects.toMatchObject({ code: 'resolver.nothing_published', status: 409 })
  await put({ a: { email: 'a@x.de' } })
  await identity.run('people')
  await expect(ask()).rejects.toMatchObject({ code: 'resolver.not_loaded', status: 503 })
  await load()
  expect(await ask()).toMatchObject({ state: 'known' })
  await expect(resolver.resolve('peple', { rows: {} })).rejects.toMatchObject({
    code: 'identity.unknown_ruleset',
  })
  await resolver.close()
  await engine.close()
}, 30_000)

test('everything that is wrong with rows is told at once, with its place', async () => {
  const { identity, put, load, resolver, engine } = await house()
  await put({ a: { email: 'a@x.de' } })
  await identity.run('people')
  await load()
  const bad = {
    individul: [],
    individual: [
      { birth_date: '2026-02-31', last_name: 7 },
      { lastname: 'x', is_anonymous: 'maybe' },
    ],
  }
  const told = await resolver.resolve('people', { rows: bad }).catch((fault) => fault)
  expect(told.problems.map(({ at }: { at: string }) => at)).toEqual([
    'rows.individul',
    'rows.individual[0].birth_date',
    'rows.individual[1].lastname',
    'rows.individual[1].is_anonymous',
  ])
  await resolver.close()
  await engine.close()
}, 30_000)

test('while runs are published and loaded, every answer is of one whole run', async () => {
  const { identity, put, load, resolver, engine, profiles } = await house()
  await put({ a: { email: 'a@x.de' }, b: { phone: '+49 171 1234567' } })
  await identity.run('people')
  await load()
  const apart = (await profiles()).get('a')
  const both = rows({ email: 'a@x.de', phone: '0171 1234567' })
  const answers: string[] = []
  let isOver = false
  const asking = (async () => {
    while (!isOver) {
      const { would_join, as_of } = await resolver.resolve('people', both)
      answers.push(`${as_of} ${would_join?.length ?? 1}`)
    }
  })()
  await put({ c: { email: 'a@x.de', phone: '+49 171 1234567' } })
  await identity.run('people')
  await load()
  const after = await resolver.resolve('people', both)
  isOver = true
  await asking
  expect(after).toMatchObject({ state: 'known', profile: apart })
  expect(after.would_join).toBeUndefined()
  expect(new Set(answers.map((of) => of.split(' ')[1])).size).toBe(new Set(answers).size)
  await resolver.close()
  await engine.close()
}, 30_000)

test('after a restart the same is answered, also by one who waits for it', async () => {
  const { identity, put, load, resolver, engine, store, model } = await house()
  await put({ a: { email: 'a@x.de' }, b: { phone: '+49 171 1234567' } })
  await identity.run('people')
  await load()
  const ask = rows({ email: 'a@x.de', phone: '0171 1234567' })
  const { took_ms: _, ...before } = await resolver.resolve('people', ask)
  await resolver.close()
  const again = makeResolver({
    engine,
    store,
    clock,
    log,
    model: async () => model,
    rulesets: async () => [emailAndPhone],
    whoComesEarly: 'waits',
  })
  expect(await again.resolve('people', ask)).toMatchObject(before)
  await again.close()
  await engine.close()
}, 30_000)
