import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { prepareLake } from '#lake'
import { modelOf } from '#model'
import { memoryStore } from '#store/testing'
import type { Ruleset } from './definition.ts'
import { guarded } from './guards.ts'
import { makeIdentity } from './identity.ts'
import { trainModel } from './model-train.ts'
import { identityMigrations } from './records.ts'
import { putRows, type WrittenRow } from './testing/index.ts'

// What people have, organisations have: every verb on a ruleset of accounts.

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
const why = 'they said so'

const firms: Ruleset = guarded({
  key: 'firms',
  on: 'account',
  match: [
    { key: 'website', all: [{ object: 'account', field: 'website', by: 'normalised' }] },
    {
      key: 'name_and_city',
      all: [
        { object: 'account', field: 'name', by: 'fuzzy' },
        { object: 'account', field: 'city', by: 'normalised' },
      ],
    },
  ],
  reconcile: { default: 'last_updated' },
})

async function house(ruleset: Ruleset, rows: readonly WrittenRow[]) {
  const engine = await memoryEngine()
  await prepareLake(engine)
  const store = await memoryStore({ identity: identityMigrations })
  await putRows(engine, model, 'account', rows)
  const given = { model: async () => model, rulesets: async () => [ruleset] }
  const identity = makeIdentity({ engine, store, clock, ...given })
  return { engine, identity }
}

/** The ids of accounts, by profile. */
async function groups(engine: Engine): Promise<readonly string[]> {
  const rows = await engine.rows(sql`select string_agg(r.id, ' ' order by r.id) as ids
    from unified.link_account l join model.account r on r._key = l.record group by l.profile order by 1`)
  return rows.map(({ ids }) => String(ids))
}

const some: readonly WrittenRow[] = [
  { id: 'a', name: 'Acme GmbH', website: 'https://www.acme.de/', city: 'München' },
  { id: 'b', name: 'ACME', website: 'acme.de', city: 'Munich' },
  { id: 'c', name: 'Acmee AG', city: 'München' },
  { id: 'd', name: 'Globex', website: 'globex.com', city: 'Bonn' },
  { id: 'e', name: 'Initech', website: 'initech.com', city: 'Bonn' },
]

test('decisions about accounts are kept through runs, told with their ground, and withdrawn', async () => {
  const { engine, identity } = await house(firms, some)
  expect(await identity.run('firms')).toMatchObject({ on: 'account', records: 5, profiles: 3 })
  expect(await groups(engine)).toEqual(['a b c', 'd', 'e'])

  await identity.link('firms', { left: 'crm:d', right: 'crm:e', why }, systemCaller)
  const [apart] = await identity.unlink('firms', { record: 'crm:c', why }, systemCaller)
  expect(await identity.run('firms')).toMatchObject({ merged: 1, split: 1 })
  expect(await groups(engine)).toEqual(['a b', 'c', 'd e'])
  expect(await identity.explain('firms', { left: 'crm:d', right: 'crm:e' })).toMatchObject({
    same_profile: true,
  })
  expect(await identity.explain('firms', { left: 'crm:a', right: 'crm:c' })).toMatchObject({
    same_profile: false,
    refused: [{ rule: 'name_and_city', reason: 'kept_apart' }],
  })
  await expect(
    identity.link('firms', { left: 'crm:a', right: 'crm:c', why }, systemCaller),
  ).rejects.toMatchObject({ code: 'identity.contradiction' })
  expect(await identity.decisions('firms')).toHaveLength(2)

  await identity.withdraw('firms', { decisions: [apart?.number ?? 0], why }, systemCaller)
  const { profile = '' } = (await identity.explain('firms', { left: 'crm:a', right: 'crm:b' })).left
  expect(await identity.graph('firms', profile)).toMatchObject({ profile })
  const kinds = (await identity.changesAfter()).events.map(({ kind, on }) => `${on} ${kind}`)
  expect(new Set(kinds.map((of) => of.split(' ')[0]))).toEqual(new Set(['account']))
  expect(await identity.sizes('firms')).toMatchObject({ records: 5, profiles: 3 })
})

/** Numbers by which accounts are known, as lines of account, kind and number. */
const putNumbers = (engine: Engine, lines: readonly string[]) =>
  putRows(
    engine,
    model,
    'party_identification',
    lines.map((line) => {
      const [account_id = '', identification_type = '', identification_number = ''] =
        line.split(' ')
      return { id: line, account_id, identification_type, identification_number }
    }),
  )

const perKind = {
  object: 'party_identification',
  field: 'identification_number',
  per: 'identification_type',
}

test('a rule over numbers ties accounts by numbers of one kind', async () => {
  const { engine, identity } = await house(
    { ...firms, match: [{ key: 'number', all: [{ ...perKind, by: 'exact' }] }] },
    some,
  )
  await putNumbers(engine, ['a vat_id X1', 'd vat_id X1', 'e register X1'])
  expect(await identity.run('firms')).toMatchObject({ profiles: 4 })
  expect(await groups(engine)).toEqual(['a d', 'b', 'c', 'e'])
})

test.each([
  ['of a kind that the ruleset limits', [{ ...perKind, only: ['VAT_ID'] }], 'vat_id'],
  ['of a kind that each organisation has one of', undefined, 'LEI'],
])('accounts with two numbers %s wait for review', async (_, identifiers, kind) => {
  const limits = identifiers ? { identifiers } : {}
  const { engine, identity } = await house(guarded({ ...firms, limits }), some)
  await putNumbers(engine, [`a ${kind} X1`, `b ${kind} x1`, `c ${kind} X2`, 'c register X1'])
  expect(await identity.run('firms')).toMatchObject({ for_review: 1 })
  expect(await groups(engine)).toEqual(['a b', 'c', 'd', 'e'])
  const { items } = await identity.review('firms')
  expect(items).toMatchObject([
    {
      reason: 'identifiers_differ',
      about: 'party_identification.identification_number',
      why: 'together they would have more than 1 different party_identification.identification_number',
    },
  ])
  await identity.link('firms', { left: 'crm:a', right: 'crm:c', why }, systemCaller)
  expect(await identity.run('firms')).toMatchObject({ for_review: 0 })
  expect(await groups(engine), 'whoever knows better says so').toEqual(['a b c', 'd', 'e'])
})

test('as many numbers of a kind as a ruleset allows, and numbers of other kinds, stand against nothing', async () => {
  const limits = { identifiers: [{ ...perKind, only: ['vat_id'], most: 2 }] }
  const { engine, identity } = await house(guarded({ ...firms, limits }), some)
  await putNumbers(engine, ['a vat_id X1', 'b vat_id X2', 'b register R1', 'c register R2'])
  expect(await identity.run('firms')).toMatchObject({ for_review: 0 })
  expect(await groups(engine)).toEqual(['a b c', 'd', 'e'])
})

test('two of a clean stream wait for review, and are joined from there; foretold as it comes', async () => {
  const clean = { ...firms, limits: { ...firms.limits, clean_streams: ['crm'] } }
  const { engine, identity } = await house(clean, some)
  const { match = [] } = firms
  const draft = { on: 'account' as const, match: [...match], reconcile: firms.reconcile }
  await identity.run('firms')
  expect(await groups(engine)).toEqual(['a', 'b', 'c', 'd', 'e'])
  const { items } = await identity.review('firms')
  expect(items.map(({ reason }) => reason)).toEqual(['clean_source', 'clean_source'])
  expect(await identity.simulate('firms', { ruleset: draft })).toMatchObject({
    before: { profiles: 5 },
    after: { profiles: 3 },
  })
  const pairs = items.map(({ left, right }) => ({ left: left.profile, right: right.profile }))
  await identity.settle('firms', { decide: 'join', pairs, why }, systemCaller)
  expect(await identity.run('firms')).toMatchObject({ profiles: 3, for_review: 0 })
  expect(await groups(engine)).toEqual(['a b c', 'd', 'e'])
})

const words =
  'alpine baltic cedar delta ember fjord granite harbor indigo juniper kestrel lumen meadow nordic onyx'.split(
    ' ',
  )
const trades = 'brewing logistics textiles foods optics paper steel toys'.split(' ')
const towns = 'bonn kiel ulm jena trier celle fulda'.split(' ')

/** Firms, every third written down twice, once with a slip and without its website. */
const many = Array.from({ length: 240 }, (_, i): readonly WrittenRow[] => {
  const name = `${words[i % 15]} ${trades[Math.floor(i / 15) % 8]} ${words[(i * 7) % 15]}`
  const row = {
    id: `${i}x`,
    name,
    website: `${name.replaceAll(' ', '-')}${i}.com`,
    phone: `+49 30 ${4_000_000 + i * 977}`,
    city: towns[i % 7] ?? '',
    postal_code: String(50_000 + (i % 90)),
    address_line_1: `Weg ${1 + ((i * 13) % 200)}`,
  }
  const slip = name.slice(0, 4) + name.slice(5)
  return i % 3 === 0 ? [row, { ...row, id: `${i}y`, name: slip, website: null }] : [row]
}).flat()

test('a model learns of accounts by itself, links them, and is measured, sampled and explained', async () => {
  const learning = await house(firms, many)
  const given = { key: 'alike', on: 'account' as const }
  const bench = {
    engine: learning.engine,
    ask: { lane: 'heavy' } as const,
    now: clock.now,
    timings: [],
  }
  const matcher = { ...given, ...(await trainModel({ bench, model }, given, {})) }
  const { engine, identity } = await house(
    {
      key: 'firms',
      on: 'account',
      match: [],
      model: { use: 'alike' },
      matcher,
      reconcile: firms.reconcile,
    },
    many,
  )
  await identity.run('firms')
  const found = (await groups(engine)).filter((ids) => ids.includes(' '))
  const right = found.filter((ids) => /^(\d+)x \1y$/.test(ids))
  expect(found.length).toBe(right.length)
  expect(right.length).toBeGreaterThan(70)
  expect(await identity.explain('firms', { left: 'crm:0x', right: 'crm:0y' })).toMatchObject({
    same_profile: true,
    model: { model: 'alike' },
  })
  await engine.change('truth', async (writer) => {
    await writer.run(sql`insert into lake._field (stream, place, name, label, type) select 'truth', i, n, n, 'text'
      from (values (1, 'source'), (2, 'record'), (3, 'firm')) f(i, n)`)
    await writer.run(sql`create table lake.truth as
      select 'crm' as source, id as record, substr(id, 1, length(id) - 1) as firm from model.account`)
  })
  const truth = { stream: 'truth', source: 'source', record: 'record', entity: 'firm' }
  expect(await identity.measure('firms', truth)).toMatchObject({
    pairs: { precision: 1, recall: 1 },
  })
  expect((await identity.sample('firms', { count: 5, among: 'all' })).pairs.length).toBeGreaterThan(
    0,
  )
})
