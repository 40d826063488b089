import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf, noteRowChange, prepareRowChanges } from '#model'
import type { Ruleset } from './definition.ts'
import { retireAll } from './retire.ts'
import { runIdentity } from './run.ts'
import { emailAndPhone, putMade, putRows, removeRows } from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
const run = (engine: Engine, ruleset: Ruleset = emailAndPhone) =>
  runIdentity({ engine, clock, model, ruleset })

async function twenty() {
  const engine = await memoryEngine()
  const ids = Array.from({ length: 20 }, (_, i) => `${i}`)
  await putRows(
    engine,
    model,
    'individual',
    ids.map((id) => ({ id, last_name: `Name ${id}` })),
  )
  await putRows(
    engine,
    model,
    'contact_point_email',
    ids.map((id) => ({ id, individual_id: id, email_address: `${Number(id) % 10}@x.de` })),
  )
  return engine
}

test('a run looks only at the records that a change can reach', async () => {
  const engine = await twenty()
  expect(await run(engine)).toMatchObject({
    mode: 'full',
    why: 'nothing is kept of a run before',
    looked_at: 20,
    profiles: 10,
  })
  expect(await run(engine)).toMatchObject({ mode: 'incremental', looked_at: 0, changed: false })
  await removeRows(engine, 'contact_point_email', ['3'])
  await putRows(engine, model, 'contact_point_email', [
    { id: '3', individual_id: '3', email_address: '4@x.de' },
  ])
  expect(await run(engine)).toMatchObject({
    mode: 'incremental',
    why: 'changed records: 1',
    // The two of each address, the one that was left and the one that was joined.
    looked_at: 4,
    records: 20,
    profiles: 10,
    rules: [{ links: 10 }, { links: 0 }],
  })
})

test('rules, their way of comparing and rows that are made anew ask for everything', async () => {
  const engine = await twenty()
  await run(engine)
  const stricter: Ruleset = { ...emailAndPhone, limits: { records_per_profile: 2 } }
  const rules = 'the rules, the data model or the way values are tidied have changed'
  expect(await run(engine, stricter)).toMatchObject({ mode: 'full', why: rules })
  expect(await run(engine, stricter)).toMatchObject({ mode: 'incremental' })

  const object = model.get('contact_point_email')
  await engine.change('another mapping', async (writer) => {
    await prepareRowChanges(writer)
    await writer.run(
      sql`update model.contact_point_email set email_address = '0@x.de' where id in ('1', '2')`,
    )
    await noteRowChange(writer, object, 'made anew')
  })
  const why = 'all rows of contact_point_email were made anew'
  expect(await run(engine, stricter)).toMatchObject({ mode: 'full', why, for_review: 2 })
  expect(await run(engine, stricter)).toMatchObject({ mode: 'incremental', changed: false })
})

test('a rule that asks for likeness compares what changed with whoever it meets, and follows links only', async () => {
  const engine = await memoryEngine()
  const names = ['Robert', 'Katharina', 'Wilhelmina', 'Aurelio', 'Ottokar', 'Sigismund']
  const people = names.flatMap((first_name, i) => [
    { id: `${i}a`, first_name, last_name: 'Schneider' },
    { id: `${i}b`, first_name, last_name: 'Schnieder' },
  ])
  await putRows(engine, model, 'individual', people)
  const alike: Ruleset = {
    key: 'people',
    on: 'individual',
    match: [
      {
        key: 'alike',
        all: [
          { object: 'individual', field: 'last_name', by: 'fuzzy' },
          { object: 'individual', field: 'first_name', by: 'exact' },
        ],
      },
      {
        key: 'name',
        all: [
          { object: 'individual', field: 'last_name', by: 'fuzzy' },
          { object: 'individual', field: 'first_name', by: 'fuzzy', precision: 'high' },
        ],
      },
    ],
    reconcile: { default: 'last_updated' },
  }
  expect(await run(engine, alike)).toMatchObject({ mode: 'full', profiles: 6, looked_at: 12 })
  await putRows(engine, model, 'individual', [
    { id: 'new', first_name: 'Katarina', last_name: 'Schneider' },
  ])
  expect(await run(engine, alike)).toMatchObject({
    mode: 'incremental',
    why: 'changed records: 1',
    // All are in the blocks of their last name; only the two Katharinas are like the newcomer.
    looked_at: 3,
    profiles: 6,
    rules: [{ links: 6 }, { links: 8 }],
  })
  expect(
    await runIdentity({ engine, clock, model, ruleset: alike, extent: 'everything' }),
  ).toMatchObject({ changed: false, mode: 'full', rules: [{ links: 6 }, { links: 8 }] })
})

test('a block of likeness that crosses the limit unlinks those in it, and links them again', async () => {
  const engine = await memoryEngine()
  const home = (id: string) => ({ id, individual_id: id, telephone_number: '+49 171 1234567' })
  const ids = ['1', '2', '3']
  const people = ids.map((id) => ({ id, first_name: 'Robert' }))
  await putRows(engine, model, 'individual', [...people, { id: '4', first_name: 'Katharina' }])
  await putRows(engine, model, 'contact_point_phone', ids.map(home))
  const alike: Ruleset = {
    ...emailAndPhone,
    match: [
      {
        key: 'alike',
        all: [
          { object: 'individual', field: 'first_name', by: 'fuzzy' },
          { object: 'contact_point_phone', field: 'telephone_number', by: 'normalised' },
        ],
      },
    ],
    limits: { block: 3 },
  }
  expect(await run(engine, alike)).toMatchObject({ profiles: 2, rules: [{ links: 3 }] })
  await putRows(engine, model, 'contact_point_phone', [home('4')])
  expect(await run(engine, alike)).toMatchObject({
    mode: 'incremental',
    looked_at: 4,
    profiles: 4,
    rules: [{ links: 0, left_out_blocks: 1 }],
  })
  await removeRows(engine, 'contact_point_phone', ['4'])
  expect(await run(engine, alike)).toMatchObject({
    mode: 'incremental',
    looked_at: 4,
    profiles: 2,
    rules: [{ links: 3, left_out_blocks: 0 }],
  })
})

test.each([
  { of: 'equal values', by: [] },
  { of: 'likeness', by: [{ object: 'individual', field: 'first_name', by: 'fuzzy' as const }] },
])(
  'a capped block of $of links its oldest alone, and who leaves lets the next one in',
  async ({ by }) => {
    const engine = await memoryEngine()
    const home = (id: string) => ({ id, individual_id: id, telephone_number: '+49 171 1234567' })
    const ids = ['1', '2', '3', '4', '5', '6']
    const named = (id: string) => ({ id, first_name: Number(id) % 2 === 0 ? 'Robert' : 'Bob' })
    await putRows(engine, model, 'individual', ids.map(named))
    await putRows(engine, model, 'contact_point_phone', ids.slice(0, 5).map(home))
    const phone = {
      object: 'contact_point_phone',
      field: 'telephone_number',
      by: 'normalised' as const,
    }
    const capped: Ruleset = {
      ...emailAndPhone,
      match: [{ key: 'phone', block: 3, larger: 'cap', all: [...by, phone] }],
    }
    const together = async () => {
      const groups = sql`select string_agg(r.id, '' order by r.id) as ids from unified.link_individual l
      join model.individual r on r._key = l.record group by l.profile having count(*) > 1`
      return (await engine.rows(groups)).map((row) => row['ids'])
    }
    const first = await run(engine, capped)
    expect(first).toMatchObject({ mode: 'full', profiles: 4 })
    expect(first.rules).toMatchObject([
      {
        left_out_blocks: 1,
        left_out: [{ records: 5, kept: 3 }],
        links: by.length === 0 ? 2 : 3,
      },
    ])
    expect(await together()).toEqual(['123'])

    // Whoever comes last changes nothing for those before.
    await putRows(engine, model, 'contact_point_phone', [home('6')])
    const later = await run(engine, capped)
    expect(later).toMatchObject({ mode: 'incremental', profiles: 4 })
    expect(later.rules).toMatchObject([{ left_out_blocks: 1, left_out: [{ records: 6, kept: 3 }] }])
    expect(await together()).toEqual(['123'])

    await removeRows(engine, 'contact_point_phone', ['1'])
    expect(await run(engine, capped)).toMatchObject({ mode: 'incremental', profiles: 4 })
    expect(await together()).toEqual(['234'])
    await putRows(engine, model, 'contact_point_phone', [home('1')])
    expect(await run(engine, capped)).toMatchObject({ mode: 'incremental', profiles: 4 })
    expect(await together()).toEqual(['123'])
    expect(
      await runIdentity({ engine, clock, model, ruleset: capped, extent: 'everything' }),
    ).toMatchObject({ mode: 'full', changed: false })
  },
)

test('what was seen under names once is taken away', async () => {
  const engine = await twenty()
  await run(engine)
  await engine.change('as it was', (writer) =>
    writer.run(sql`create table unified.row_individual (object varchar)`),
  )
  expect(await run(engine)).toMatchObject({ looked_at: 0 })
  const names = (await engine.tables('unified')).map(({ name }) => name)
  expect(names).toContain('seen_individual')
  expect(names).not.toContain('row_individual')
})

test('objects of which no row has changed are not looked through, and nothing is kept of nobody', async () => {
  const engine = await twenty()
  await engine.change('rows', async (writer) => {
    await prepareRowChanges(writer)
    await noteRowChange(writer, model.get('contact_point_email'), 'as they came')
  })
  await run(engine)
  await removeRows(engine, 'contact_point_email', ['1'])
  expect(await run(engine)).toMatchObject({ looked_at: 0 })
  await engine.change('rows', (writer) =>
    noteRowChange(writer, model.get('contact_point_email'), 'as they came'),
  )
  expect(await run(engine)).toMatchObject({ mode: 'incremental', looked_at: 2, profiles: 11 })

  await retireAll({ engine, clock, model }, 'individual')
  expect(await engine.rows(sql`select * from unified.seen_individual`)).toEqual([])
  expect(await run(engine)).toMatchObject({ mode: 'full', looked_at: 20, records: 20 })
})

test('rows that come while the scope is made are not taken for seen, nor do blocks cross the limit by them', async () => {
  const engine = await memoryEngine()
  const small: Ruleset = { ...emailAndPhone, limits: { block: 3 } }
  const ids = ['1', '2', '3', '4']
  await putRows(
    engine,
    model,
    'individual',
    ids.map((id) => ({ id })),
  )
  await putRows(
    engine,
    model,
    'contact_point_email',
    ['1', '2', '3'].map((id) => ({ id, individual_id: id, email_address: 'a@x.de' })),
  )
  expect(await run(engine, small)).toMatchObject({ profiles: 2 })

  await removeRows(engine, 'individual', ['4'])
  await putRows(engine, model, 'individual', [{ id: '4', last_name: 'Lovelace' }])
  let made = 0
  const busy: Engine = {
    ...engine,
    staged: async (query, use, ask) => {
      if (numbered === 2 && made++ === 0)
        await putRows(engine, model, 'contact_point_email', [
          { id: '4', individual_id: '4', email_address: 'a@x.de' },
        ])
      return engine.staged(query, use, ask)
    },
  }
  let numbered = 0
  // Records are numbered for what has changed first, and then for the scope.
  const progress = (step: string) => {
    numbered += step === 'record' ? 1 : 0
  }
  const overtaken = await runIdentity({ engine: busy, clock, model, ruleset: small, progress })
  expect(overtaken).toMatchObject({
    mode: 'full',
    why: 'rows came or went meanwhile',
    profiles: 4,
    rules: [{ left_out_blocks: 1, links: 0 }, {}],
  })
  expect(await run(engine, small)).toMatchObject({ mode: 'incremental', profiles: 4 })
  expect(
    await runIdentity({ engine, clock, model, ruleset: small, extent: 'everything' }),
  ).toMatchObject({ changed: false, why: 'asked for' })
})

test('a value that very many come to share at once is left out and told, and nobody else is looked at', async () => {
  const engine = await memoryEngine()
  const storm = (from: number, to: number, email: (i: number) => string) =>
    putMade(
      engine,
      model,
      Array.from({ length: to - from }, (_, n) => ({
        id: `${from + n}`,
        entity: '',
        first_name: null,
        last_name: null,
        birth_date: null,
        email: email(from + n),
        phone: null,
      })),
    )
  // Two each of 3,000 addresses; one of them is then taken up by 900 more.
  await storm(0, 6000, (i) => `${i % 3000}@x.de`)
  expect(await run(engine)).toMatchObject({ mode: 'full', profiles: 3000 })
  await storm(6000, 6900, () => '7@x.de')
  expect(await run(engine)).toMatchObject({
    mode: 'incremental',
    // Those who came, and the two who had the address before.
    looked_at: 902,
    records: 6900,
    profiles: 3901,
    split: 1,
    rules: [
      {
        links: 2999,
        left_out_blocks: 1,
        left_out: [{ matched: '7***@x***.d***', records: 902 }],
      },
      {},
    ],
  })
  await removeRows(
    engine,
    'contact_point_email',
    Array.from({ length: 890 }, (_, n) => `${6000 + n}`),
  )
  expect(await run(engine)).toMatchObject({
    mode: 'incremental',
    looked_at: 902,
    profiles: 3890,
    rules: [{ links: 3010, left_out_blocks: 0 }, {}],
  })
  expect(
    await runIdentity({ engine, clock, model, ruleset: emailAndPhone, extent: 'everything' }),
  ).toMatchObject({ changed: false, profiles: 3890 })
})
