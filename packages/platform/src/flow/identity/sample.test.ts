import { expect, test } from 'vitest'
import type { Workbench } from '#engine'
import { memoryEngine } from '#engine/testing'
import { modelOf } from '#model'
import type { Ruleset } from './definition.ts'
import { trainModel } from './model-train.ts'
import { samplePairs } from './sample.ts'
import { madeRecords, putMade } from './testing/index.ts'

const model = modelOf([])
const records = madeRecords(300, 21)

async function house(order: 'as made' | 'turned round', least = 0.95) {
  const engine = await memoryEngine()
  await putMade(engine, model, order === 'as made' ? records : records.toReversed())
  const bench: Workbench = { engine, ask: {}, now: () => new Date(0), timings: [] }
  const matcher = { key: 'people_model', on: 'individual' as const }
  const trained = await trainModel({ bench, model }, matcher, {})
  const ruleset: Ruleset = {
    key: 'people',
    on: 'individual',
    match: [],
    model: { use: 'people_model', at_least: least },
    matcher: { ...matcher, ...trained },
    reconcile: { default: 'last_updated' },
  }
  return { bench, model, ruleset }
}

const idsOf = ({ pairs }: Awaited<ReturnType<typeof samplePairs>>) =>
  pairs.map(({ left, right }) => [left.id, right.id].toSorted().join(' '))

test('pairs are drawn in turns from every stratum, the same for the same seed, values masked', async () => {
  const home = await house('as made', 0.999)
  const { strata, pairs, ...head } = await samplePairs(home, { count: 12 })
  expect(head).toMatchObject({ model: 'people_model' })
  const near = strata.filter((of) => of.pairs > 0)
  expect(near.length).toBeGreaterThan(1)
  expect(strata.map(({ from }) => from - head.weight_at_least)).toEqual(
    [-16, -12, -8, -4, 0, 4, 8, 12].map((of) => expect.closeTo(of, 9)),
  )
  const all = strata.reduce((sum, of) => sum + of.pairs, 0)
  expect(pairs).toHaveLength(Math.min(12, all))
  const inStratum = ({ from, to }: (typeof strata)[number]) =>
    pairs.filter(({ model: { weight } }) => weight >= from && weight < to).length
  for (const of of near) expect(inStratum(of)).toBeGreaterThan(0)
  // Those that are not exhausted have had the same number of turns, give or take the last one.
  const turns = near.filter((of) => inStratum(of) < of.pairs).map(inStratum)
  expect(turns.length).toBeGreaterThan(0)
  for (const of of near)
    expect(inStratum(of)).toBeGreaterThanOrEqual(Math.min(of.pairs, Math.max(...turns) - 1))
  expect(new Set(idsOf({ strata, pairs, ...head })).size).toBe(pairs.length)
  expect(idsOf(await samplePairs(home, { count: 12 }))).toEqual(idsOf({ strata, pairs, ...head }))
  const shown = JSON.stringify(pairs.flatMap((of) => of.model.falls))
  for (const { email, phone } of records)
    for (const told of [email, phone]) if (told) expect(shown).not.toContain(told)
}, 60_000)

test('a small sample is the beginning of a larger one, and another seed draws others', async () => {
  const home = await house('as made', 0.999)
  const larger = idsOf(await samplePairs(home, { count: 20 }))
  const smaller = idsOf(await samplePairs(home, { count: 5 }))
  expect(smaller).toEqual(larger.slice(0, 5))
  const other = await samplePairs(home, { count: 5, seed: 'another' })
  expect(other.pairs).toHaveLength(5)
  expect(idsOf(other)).not.toEqual(smaller)
}, 60_000)

test('of all candidates each is as likely: most weigh far less than the threshold', async () => {
  const home = await house('as made', 0.999)
  const { pairs, ...rest } = await samplePairs(home, { count: 60, among: 'all' })
  expect(pairs).toHaveLength(60)
  expect(new Set(idsOf({ pairs, ...rest })).size).toBe(60)
  const far = pairs.filter(({ model: { weight } }) => weight < rest.weight_at_least - 16)
  expect(far.length).toBeGreaterThan(30)
  expect(idsOf(await samplePairs(home, { count: 5, among: 'all' }))).toEqual(
    idsOf({ pairs, ...rest }).slice(0, 5),
  )
}, 60_000)

test('without a model nobody can be drawn', async () => {
  const { ruleset, ...home } = await house('turned round')
  const { model: _, matcher: __, ...rules } = ruleset
  await expect(samplePairs({ ...home, ruleset: rules }, {})).rejects.toMatchObject({
    code: 'identity.no_model',
  })
}, 60_000)
