import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeAll, placed, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { modelOf, shapeModelTable } from '#model'
import { type Choice, choiceFor, type ReconcileRule, type Ruleset } from './definition.ts'
import { crowdedStep, reconciled } from './reconcile.ts'
import { putRows } from './testing/index.ts'

const engine = await memoryEngine()
const model = modelOf([])
const individual = model.get('individual')
await engine.change('individual', (writer) => shapeModelTable(writer, individual, []))

interface Row {
  readonly id: string
  readonly source: string
  readonly first_name: string | null
  readonly number_of_children: number | null
  readonly day: number | null
}

interface Ranked extends Row {
  readonly place: number
}

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom('1', '2', '3', '4'),
  source: fc.constantFrom('crm', 'shop', 'desk'),
  first_name: fc.constantFrom('Ada', 'A.', '', ' ', null),
  number_of_children: fc.constantFrom(0, 1, 2, null),
  day: fc.constantFrom(1, 2, 3, null),
})

const isEmpty = (of: unknown) => of === null || (typeof of === 'string' && of.trim() === '')

/** The winner, by asking of any two rows which is better: slow and obvious. */
function winner(
  rows: readonly Ranked[],
  field: 'first_name' | 'number_of_children',
  { rule, sources, ignoresEmpty }: Choice,
) {
  const times = (of: Ranked) => rows.filter((other) => other[field] === of[field]).length
  const trust = ({ source }: Ranked) => (sources.includes(source) ? -sources.indexOf(source) : -9)
  const marks: Readonly<Record<ReconcileRule, (of: Ranked) => readonly number[]>> = {
    last_updated: (of) => [of.day ?? 0, of.place],
    most_frequent: (of) => [times(of), of.day ?? 0, of.place],
    source_priority: (of) => [trust(of), of.day ?? 0, of.place],
  }
  const isBetter = (a: Ranked, b: Ranked) => {
    const [left, right] = [marks[rule](a), marks[rule](b)]
    const i = left.findIndex((mark, at) => mark !== right[at])
    return i >= 0 && left[i]! > right[i]!
  }
  const candidates = rows.filter((of) => !ignoresEmpty || !isEmpty(of[field]))
  const best = candidates.find((a) => candidates.every((b) => a === b || isBetter(a, b)))
  const of = best && !isEmpty(best[field]) ? best[field] : null
  return { of, from: best ? `${best.source} ${best.id}` : null }
}

const choice: fc.Arbitrary<Choice> = fc.record({
  rule: fc.constantFrom('last_updated', 'most_frequent', 'source_priority'),
  sources: fc.constantFrom(['shop', 'crm'], ['desk', 'shop'], ['crm']),
  ignoresEmpty: fc.boolean(),
})

test('every field is chosen as a slow version would, and says where it came from', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      choice,
      choice,
      async (rows, forNames, forChildren) => {
        await engine.change('empty', (writer) => writer.run(sql`delete from model.individual`))
        const written = rows.map(({ day, ...of }, i) => ({
          ...of,
          position: i + 1,
          last_modified_at: day === null ? null : `2026-01-0${day}T00:00:00Z`,
        }))
        await putRows(engine, model, 'individual', written)
        const ruleset: Ruleset = {
          key: 'people',
          on: 'individual',
          match: [],
          reconcile: {
            default: forNames.rule,
            sources: [...forNames.sources],
            fields: {
              number_of_children: {
                rule: forChildren.rule,
                sources: [...forChildren.sources],
                ignore_empty: forChildren.ignoresEmpty,
              },
            },
            ignore_empty: forNames.ignoresEmpty,
          },
        }
        const [found] = await unified(ruleset)
        const placedRows = rows.map((of, i) => ({ ...of, place: i }))
        const name = winner(placedRows, 'first_name', forNames)
        const children = winner(placedRows, 'number_of_children', forChildren)
        expect(found).toMatchObject({
          first_name: name.of,
          name_from: name.from,
          number_of_children: children.of,
          children_from: children.from,
          record_count: new Set(rows.map((of) => `${of.source} ${of.id}`)).size,
        })
      },
    ),
    { numRuns: 25 },
  )
})

test('a field that says nothing of its own is chosen as all are', () => {
  const reconcile: Ruleset['reconcile'] = {
    default: 'source_priority',
    sources: ['crm'],
    fields: {
      title: 'most_frequent',
      city: { ignore_empty: false },
      country: { sources: ['shop'] },
    },
  }
  const of = (field: string) => choiceFor({ reconcile }, field)
  expect(of('gender')).toEqual({ rule: 'source_priority', sources: ['crm'], ignoresEmpty: true })
  expect(of('title')).toEqual({ rule: 'most_frequent', sources: ['crm'], ignoresEmpty: true })
  expect(of('city')).toEqual({ rule: 'source_priority', sources: ['crm'], ignoresEmpty: false })
  expect(of('country')).toEqual({ rule: 'source_priority', sources: ['shop'], ignoresEmpty: true })
})

/** All rows as one profile, the origins as source and id. */
function unified(ruleset: Ruleset) {
  const link = sql`select distinct _key as record, 7 as profile, 1 as first_seen from model.individual`
  const bench = { engine, ask: {}, now: () => new Date(0), timings: [] }
  const steps = [{ name: 'link', says: '', query: link }, crowdedStep(individual)]
  return makeAll(bench, steps, new Map(), (where) =>
    engine.rows(
      placed(
        sql`with keys as (select distinct _key, _source || ' ' || id as name from model.individual)
          select u.*, a.name as name_from, b.name as children_from from (${reconciled(ruleset, individual)}) u
          left join keys a on a._key = u.first_name__from left join keys b on b._key = u.number_of_children__from`,
        where,
      ),
    ),
  )
}
