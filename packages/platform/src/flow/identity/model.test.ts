import { describe, expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { read } from '#kernel/read.ts'
import type { MatchingSettings } from '#matching/definition'
import { modelOf } from '#model'
import type { Decision } from './api.ts'
import { clustersOf } from './clusters.ts'
import type { Ruleset } from './definition.ts'
import { withRecords } from './model-bench.ts'
import { recordColumns } from './model-columns.ts'
import { isTrained, type MatchModel, matchModelSchema } from './model-definition.ts'
import { weigh } from './model-explain.ts'
import { proposeModel, trainModel } from './model-train.ts'
import { runIdentity } from './run.ts'
import { type MadeRecord, madeRecords, putMade, putRows } from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))

const benchOf = (engine: Engine) => ({
  engine,
  ask: { lane: 'heavy' } as const,
  now: clock.now,
  timings: [],
})

/** Equality only, so that a textbook in JavaScript can weigh the same. */
const plain: MatchingSettings = {
  comparisons: ['first_name', 'last_name', 'birth_date', 'email_address', 'telephone_number'].map(
    (column) => ({ column, levels: [{ is: 'exact' }] }),
  ),
  blocks: [
    { key: 'last_name', all: [{ column: 'last_name' }] },
    { key: 'birth', all: [{ column: 'birth_date' }] },
    { key: 'phone', all: [{ column: 'telephone_number' }] },
  ],
}

const untrained: MatchModel = { key: 'people_model', on: 'individual' }

const using = (matcher: MatchModel, more: Partial<Ruleset> = {}): Ruleset => ({
  key: 'people',
  on: 'individual',
  match: [],
  model: { use: matcher.key },
  reconcile: { default: 'last_updated' },
  matcher,
  ...more,
})

async function trainedOn(records: readonly MadeRecord[], settings?: MatchingSettings) {
  const engine = await memoryEngine()
  await putMade(engine, model, records)
  const given = settings ? { ...untrained, settings } : untrained
  const learnt = await trainModel({ bench: benchOf(engine), model }, given, {})
  const matcher = { key: given.key, ...read(matchModelSchema, { on: given.on, ...learnt }) }
  if (!isTrained(matcher)) throw new Error('it has not learned')
  return { engine, matcher }
}

const run = (engine: Engine, ruleset: Ruleset, decisions: readonly Decision[] = []) =>
  runIdentity({ engine, model, ruleset, clock, decisions })

/** The records of every profile, as a list of ids; profiles and ids in order. */
async function groupsIn(engine: Engine): Promise<readonly string[]> {
  const rows = await engine.rows(sql`select l.profile, r.id from unified.link_individual l
    join model.individual r on r._key = l.record order by r.id`)
  const groups = Map.groupBy(rows, (row) => String(row['profile']))
  return [...groups.values()].map((of) => of.map((row) => row['id']).join(' ')).toSorted()
}

const evidenceIn = (engine: Engine) =>
  engine.rows(sql`select e.rule, a.id as a, b.id as b, e.matched from unified.evidence_individual e
    join model.individual a on a._key = e."left" join model.individual b on b._key = e."right" order by 1, 2, 3`)

describe('a model without rules', () => {
  const records = madeRecords(250, 7)

  test('links what the textbook links', async () => {
    const { engine, matcher } = await trainedOn(records, plain)
    // Groups as they are by links alone: who is taken apart is told elsewhere.
    const plainly = using(matcher, { model: { use: matcher.key, split: false } })
    const done = await run(engine, plainly)
    const tidy = (text: string | null) => text?.toLowerCase().replace(/([aou])e/g, '$1') ?? null
    const values = records.map((of) => [
      tidy(of.first_name),
      tidy(of.last_name),
      of.birth_date,
      of.email,
      of.phone,
    ])
    const weigh = (a: number, b: number) =>
      matcher.learned.comparisons.reduce(
        (sum, { m, u }, i) => {
          const [x, y] = [values[a]?.[i], values[b]?.[i]]
          if (!x || !y) return sum
          const level = x === y ? 0 : 1
          return sum + Math.log2((m[level] ?? 1) / (u[level] ?? 1))
        },
        Math.log2(matcher.learned.prior / (1 - matcher.learned.prior)),
      )
    const blocked = (a: number, b: number) =>
      [1, 2, 4].some((i) => values[a]?.[i] && values[a]?.[i] === values[b]?.[i])
    const pairs = records.flatMap((_, a) =>
      records.flatMap((_, b) => (a < b && blocked(a, b) ? [[a, b] as const] : [])),
    )
    const links = pairs.filter(([a, b]) => weigh(a, b) >= Math.log2(0.9 / 0.1))
    const root = clustersOf(
      records.length,
      Int32Array.from(links.map(([a]) => a)),
      Int32Array.from(links.map(([, b]) => b)),
    )
    const groups = Map.groupBy(records, (_, i) => root[i])
    const byHand = [...groups.values()].map((of) =>
      of
        .map(({ id }) => id)
        .toSorted()
        .join(' '),
    )
    expect(await groupsIn(engine)).toEqual(byHand.toSorted())
    expect(links.length).toBeGreaterThan(50)
    expect(done.rules).toMatchObject([
      { rule: 'model people_model', links: links.length, candidates: pairs.length, at_least: 0.9 },
    ])
    const [, first] = await evidenceIn(engine)
    expect(first?.['rule']).toBe('model people_model')
    expect(first?.['matched']).toMatch(/^\d+\.\d bits: (\w+ (exact|differs)(, )?)+$/)
    const again = await run(engine, plainly)
    expect(again).toMatchObject({ changed: false, profiles_changed: [] })
  })

  test('finds who is who with settings that nobody wrote', async () => {
    const { engine, matcher } = await trainedOn(records)
    await run(engine, using(matcher))
    const found = (await groupsIn(engine)).flatMap((group) => {
      const ids = group.split(' ')
      return ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b] as const))
    })
    const right = found.filter(([a, b]) => a.slice(0, -1) === b.slice(0, -1)).length
    const real = records.filter(({ id }) => id.endsWith('b')).length
    expect(right / found.length).toBeGreaterThan(0.97)
    expect(right / real).toBeGreaterThan(0.9)
  })

  test('links nobody where nobody agrees, and where nothing is filled in', async () => {
    const { matcher } = await trainedOn(records, plain)
    const engine = await memoryEngine()
    const empty = await run(engine, using(matcher))
    expect(empty).toMatchObject({ records: 0, rules: [{ links: 0, candidates: 0 }] })
    const long = 'ж'.repeat(10_000)
    await putRows(engine, model, 'individual', [
      { id: 'n1' },
      { id: 'n2' },
      { id: 'n3', first_name: long, last_name: long },
      { id: 'n4', first_name: `${long}ж`, last_name: '李' },
    ])
    const done = await run(engine, using(matcher))
    expect(done).toMatchObject({ records: 4, profiles: 4, rules: [{ links: 0 }] })
  })

  test('never links records of two data spaces', async () => {
    const { engine, matcher } = await trainedOn(records, plain)
    const { first_name, last_name, birth_date } = three(records)
    const same = { first_name, last_name, birth_date }
    await putRows(engine, model, 'individual', [
      { id: 's1', space: 'north', ...same, position: 50_001 },
      { id: 's2', space: 'south', ...same, position: 50_002 },
      { id: 's3', space: 'south', ...same, position: 50_003 },
    ])
    await run(engine, using(matcher, { model: { use: matcher.key, at_least: 0.5 } }))
    const groups = await groupsIn(engine)
    expect(groups).toEqual(expect.arrayContaining(['s1', 's2 s3']))
  })

  test('is refused at a run until it has learned', async () => {
    const engine = await memoryEngine()
    await putMade(engine, model, records.slice(0, 10))
    await expect(run(engine, using(untrained))).rejects.toMatchObject({
      code: 'identity.untrained_model',
    })
  })

  test('is not trained on what cannot support it', async () => {
    await expect(trainedOn(records.slice(0, 20))).rejects.toMatchObject({
      code: 'matching.too_few_records',
    })
  })

  test('learns the same whatever the order of records', async () => {
    const { matcher: one } = await trainedOn(records, plain)
    const { matcher: other } = await trainedOn(records.toReversed(), plain)
    expect(other.learned.comparisons).toEqual(one.learned.comparisons)
    expect(isTrained(one)).toBe(true)
  })
})

describe('rules and a model', () => {
  const records = madeRecords(200, 11)
  const email = {
    key: 'email',
    all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' as const }],
  }

  test('decisions hold for links of a model, and guards send them to review', async () => {
    const { engine, matcher } = await trainedOn(records, plain)
    await run(engine, using(matcher, { match: [email] }))
    const evidence = await evidenceIn(engine)
    expect(new Set(evidence.map((row) => row['rule']))).toEqual(
      new Set(['email', 'model people_model']),
    )
    const pair = (await groupsIn(engine)).find((group) => group.split(' ').length === 2)
    const [a = '', b = ''] = pair?.split(' ') ?? []
    const name = (id: string) => ({ space: 'default', source: 'crm', stream: 'crm', id })
    const words = { why: 'twins', by: 'ada', at: '2026-01-01T00:00:00Z' }
    const kept: Decision = {
      number: 1,
      kind: 'cannot_link',
      left: name(a),
      right: name(b),
      ...words,
    }
    const apart = await run(engine, using(matcher, { match: [email] }), [kept])
    expect(await groupsIn(engine)).toContain(a)
    expect(apart.refused).toBeGreaterThan(0)
    const most = { limits: { records_per_profile: 2 } }
    await putRows(engine, model, 'individual', [
      { ...three(records), id: 'third', position: 10_000 },
    ])
    await run(engine, using(matcher, { match: [email], ...most }))
    for (const group of await groupsIn(engine)) expect(group.split(' ').length).toBeLessThan(3)
  })

  test('two of a clean stream wait for review instead of being linked, and a person may still join them', async () => {
    const { engine, matcher } = await trainedOn(records, plain)
    await run(engine, using(matcher))
    const pair = (await groupsIn(engine)).find((group) => group.split(' ').length === 2)
    const [a = '', b = ''] = pair?.split(' ') ?? []
    const clean = using(matcher, { model: { use: matcher.key, clean_streams: ['crm'] } })
    const done = await run(engine, clean)
    expect(await groupsIn(engine)).toEqual(records.map(({ id }) => id).toSorted())
    expect(done.for_review).toBeGreaterThan(50)
    const reasons = sql`select distinct reason from unified.refused_individual`
    expect(await engine.rows(reasons)).toEqual([{ reason: 'clean_source' }])
    const name = (id: string) => ({ space: 'default', source: 'crm', stream: 'crm', id })
    const joined: Decision = {
      number: 1,
      kind: 'must_link',
      left: name(a),
      right: name(b),
      ...{ why: 'same', by: 'ada', at: '2026-01-01T00:00:00Z' },
    }
    const after = await run(engine, clean, [joined])
    expect(await groupsIn(engine)).toContain(pair)
    expect(after.for_review).toBe((done.for_review ?? 0) - 1)
    expect((await run(engine, clean, [joined])).changed).toBe(false)
  })

  test('values that are blocked, or stand where there is none, tie nobody', async () => {
    const { engine, matcher } = await trainedOn(records, plain)
    const told = { last_name: 'quandtner', birth_date: '1951-02-03' }
    const people = ['y1', 'y2', 'z1', 'z2'].map((id, i) => ({
      id,
      ...told,
      first_name: i < 2 ? 'ybel' : 'zoe',
      birth_date: `195${i}-02-03`,
      position: 30_000 + i,
    }))
    await putRows(engine, model, 'individual', people)
    const mail = (id: string, email_address: string) => ({ id, individual_id: id, email_address })
    await putRows(engine, model, 'contact_point_email', [
      mail('y1', 'shared@example.com'),
      mail('y2', 'shared@example.com'),
      mail('z1', 'test@test.com'),
      mail('z2', 'test@test.com'),
    ])
    const ruleset = using(matcher, { model: { use: matcher.key, at_least: 0.5 } })
    await run(engine, ruleset)
    const tied = await groupsIn(engine)
    expect(tied).toContain('y1 y2')
    expect(tied).not.toContain('z1 z2')
    const blocked = { 'contact_point_email.email_address': [' Shared@Example.com'] }
    await run(engine, { ...ruleset, limits: { blocked } })
    expect(await groupsIn(engine)).toEqual(expect.arrayContaining(['y1', 'y2']))
    await run(engine, { ...ruleset, limits: { usual: false } })
    expect(await groupsIn(engine)).toContain('z1 z2')
  })

  test('somebody with two addresses agrees by either of them, and all others weigh what they weighed', async () => {
    const { engine, matcher } = await trainedOn(records, plain)
    const ruleset = using(matcher)
    await run(engine, ruleset)
    const before = await evidenceIn(engine)
    await putRows(engine, model, 'individual', [
      { id: 'w1', first_name: 'wanda', last_name: 'wunderlich', position: 40_001 },
      { id: 'w2', first_name: 'wanda', last_name: 'wunderlich', position: 40_002 },
    ])
    const mail = (id: string, of: string, email_address: string) => ({
      id,
      individual_id: of,
      email_address,
    })
    await putRows(engine, model, 'contact_point_email', [
      mail('w1', 'w1', 'wanda@example.com'),
      mail('w1x', 'w1', 'ww@example.com'),
      mail('w2', 'w2', 'wanda@example.com'),
    ])
    await run(engine, ruleset)
    expect(await groupsIn(engine)).toContain('w1 w2')
    const after = (await evidenceIn(engine)).filter((row) => !String(row['a']).startsWith('w'))
    expect(after).toEqual(before)
  })

  test('what agrees on more is linked first', async () => {
    const { engine, matcher } = await trainedOn(records, plain)
    const shared = { last_name: 'zuckmayer', birth_date: '1971-03-04', first_name: 'zita' }
    await putRows(engine, model, 'individual', [
      { id: 'x1', ...shared, position: 20_001 },
      { id: 'x2', ...shared, first_name: null, position: 20_002 },
      { id: 'x3', ...shared, position: 20_003 },
    ])
    const ruleset = using(matcher, {
      model: { use: matcher.key, at_least: 0.5 },
      limits: { records_per_profile: 2 },
    })
    const done = await run(engine, ruleset)
    const groups = await groupsIn(engine)
    expect(groups).toContain('x1 x3')
    expect(groups).toContain('x2')
    expect(done.for_review).toBeGreaterThan(0)
    const [held] = await engine.rows(
      sql`select rule, reason from unified.refused_individual where reason <> 'kept_apart'`,
    )
    expect(held).toEqual({ rule: 'model people_model', reason: 'too_many_records' })
  })
})

/** The values of somebody who is there twice. */
function three(records: readonly MadeRecord[]) {
  const twice = records.find(({ id }) => id.endsWith('b'))
  const { first_name, last_name, birth_date } = records.find(
    ({ entity, id }) => entity === twice?.entity && id.endsWith('a'),
  )!
  return { first_name, last_name, birth_date }
}

describe('the waterfall of two records', () => {
  const records = madeRecords(200, 3)
  test('adds up to what their link says, with values masked; also where there is no link', async () => {
    const { engine, matcher } = await trainedOn(records)
    const ruleset = using(matcher)
    await run(engine, ruleset)
    const [link] = await engine.rows(
      sql`select "left", "right", matched from unified.evidence_individual order by 1, 2 limit 1`,
    )
    const pair = { left: String(link?.['left']), right: String(link?.['right']) }
    const told = await weigh({ bench: benchOf(engine), model, ruleset }, pair)
    const sum = told?.falls.reduce((all, of) => all + of.weight + of.frequency, told.prior)
    expect(told?.weight).toBeCloseTo(sum ?? 0, 9)
    expect(
      Math.abs((told?.weight ?? 0) - Number.parseFloat(String(link?.['matched']))),
    ).toBeLessThan(0.051)
    expect(JSON.stringify(told)).not.toMatch(/@example\.com|schmidt/)
    expect(told?.falls.find(({ column }) => column === 'last_name')?.left[0]).toMatch(/^\w\*\*\*$/)
    const [stranger] = await engine.rows(sql`select a.record as a, b.record as b
      from unified.link_individual a join unified.link_individual b on a.profile <> b.profile order by 1, 2 limit 1`)
    const apart = { left: String(stranger?.['a']), right: String(stranger?.['b']) }
    const weight = await weigh({ bench: benchOf(engine), model, ruleset }, apart)
    expect(weight?.probability).toBeLessThan(0.95)
  })
})

test('columns have names that settings can rely on', () => {
  const names = (on: 'individual' | 'account', isList: boolean) =>
    recordColumns(on, model)
      .filter((of) => of.isList === isList)
      .map(({ name }) => name)
      .join(' ')
  expect(names('individual', false)).toBe(
    'salutation first_name middle_name last_name person_name birth_date gender marital_status ' +
      'occupation education title language city country',
  )
  expect(names('individual', true)).toBe(
    'email_address telephone_number address_line_1 postal_code contact_point_address_city identification_number',
  )
  expect(names('account', false)).toBe(
    'name account_number account_type industry website phone address_line_1 postal_code city country',
  )
  expect(names('account', true)).toBe('identification_number')
})

test('a full name counts only where its parts are not told', async () => {
  const engine = await memoryEngine()
  await putRows(engine, model, 'individual', [
    { id: '1', first_name: 'Ada', last_name: 'Lovelace', person_name: 'Ada Lovelace' },
    { id: '2', person_name: 'Ada Lovelace' },
    { id: '3', first_name: 'unknown', person_name: 'Grace Hopper' },
  ])
  const found = await withRecords(
    { bench: benchOf(engine), on: 'individual', model },
    ({ records }) =>
      engine.rows(sql`select first_name, person_name from ${records.table} order by n`),
  )
  expect(found).toEqual([
    { first_name: 'ada', person_name: null },
    { first_name: null, person_name: 'adalovelace' },
    { first_name: null, person_name: 'gracehopper' },
  ])
})

test('settings are proposed with what they were made from', async () => {
  const engine = await memoryEngine()
  await putMade(engine, model, madeRecords(200, 5))
  const proposal = await proposeModel({ bench: benchOf(engine), model }, 'individual')
  expect(proposal.settings.comparisons.map(({ column }) => column)).toEqual(
    expect.arrayContaining([
      'first_name',
      'last_name',
      'birth_date',
      'email_address',
      'telephone_number',
    ]),
  )
  expect(proposal.left_out).toContainEqual({
    column: 'gender',
    why: 'only 0 % of the records have a value',
  })
})
