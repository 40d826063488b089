import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf, noteRowChange, prepareRowChanges } from '#model'
import type { Criterion, Ruleset } from './definition.ts'
import { runIdentity } from './run.ts'
import { simulate } from './simulate.ts'
import { type MadeRecord, madeRecords, putMade, putRows } from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))

const first: Criterion = { object: 'individual', field: 'first_name', by: 'normalised' }
const last: Criterion = { ...first, field: 'last_name' }
const birth: Criterion = { ...first, field: 'birth_date', by: 'exact' }
const email: Criterion = {
  object: 'contact_point_email',
  field: 'email_address',
  by: 'normalised',
}

const asking = (all: Criterion[], limits?: Ruleset['limits']): Ruleset => ({
  key: 'people',
  on: 'individual',
  match: [{ key: 'wide', label: 'Wide', all }],
  reconcile: { default: 'last_updated' },
  ...(limits ? { limits } : {}),
})

const houseOf = async (records: readonly MadeRecord[]): Promise<Engine> => {
  const engine = await memoryEngine()
  await putMade(engine, model, records)
  return engine
}

const run = (engine: Engine, ruleset: Ruleset, confirmed = false) =>
  runIdentity({ engine, model, ruleset, clock, confirmed })

// Twenty first names and 130 last names: about fifteen of 300 people share a first name, two or three a last name.
const people = madeRecords(300, 3)

test('a rule over a first name alone passes on paper, and is refused by what it links', async () => {
  const engine = await houseOf(people)
  const wide = asking([first])
  await expect(run(engine, wide)).rejects.toMatchObject({
    code: 'identity.strangers',
    details: {
      rule: 'Wide',
      fields: ['last_name', 'birth_date'],
      matched: expect.stringContaining('***'),
    },
    message: expect.stringContaining('agree in no last_name and no birth_date'),
  })
  const left = await engine.rows(sql`select count(*) as n from unified.link_individual`)
  expect(Number(left[0]?.['n']), 'nothing is published').toBe(0)
  const simulated = () => simulate({ engine, model, ruleset: wide, clock })
  expect(await simulated()).toMatchObject({
    strangers: { rule: 'Wide', fields: ['last_name', 'birth_date'] },
  })
  expect(await run(engine, wide, true)).toMatchObject({ changed: true })
  expect(await simulated(), 'as somebody confirmed it').not.toHaveProperty('strangers')
  for (const extent of ['what changed', 'everything'] as const) {
    await putRows(engine, model, 'individual', [{ id: extent, first_name: 'Anna' }])
    await engine.change('as a mapping tells it', async (writer) => {
      await prepareRowChanges(writer)
      await noteRowChange(writer, model.get('individual'), 'as they came')
    })
    const again = await runIdentity({ engine, model, ruleset: wide, clock, extent })
    expect(again, 'what was confirmed is not asked again').toMatchObject({ changed: true })
  }
  await expect(run(engine, asking([first], { block: 90 }))).rejects.toMatchObject({
    code: 'identity.strangers',
  })
  expect(await run(engine, asking([first], { usual: false }))).toMatchObject({ mode: 'full' })
})

test.each<[string, Criterion[]]>([
  ['both names and the birth date', [first, last, birth]],
  ['a last name and the birth date', [last, birth]],
  ['a similar last name and the birth date', [{ ...last, by: 'fuzzy' }, birth]],
  ['an address', [email]],
  ['a first name and an address', [first, email]],
])('a rule over %s is left alone', async (_, all) => {
  const engine = await houseOf(people)
  expect(await run(engine, asking(all))).toMatchObject({ changed: true })
})

test('people of one mailbox with other names are not called strangers: other guards see to that', async () => {
  const engine = await houseOf(people.map((of, i) => ({ ...of, email: `box${i % 100}@x.de` })))
  expect(await run(engine, asking([email]))).toMatchObject({ changed: true })
})
