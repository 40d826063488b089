import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Engine, type Part, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { isLong } from '#kernel/testing/long.ts'
import type { MatchingSettings } from '#matching/definition'
import { modelOf } from '#model'
import type { Decision } from './api.ts'
import { rootOf, unite } from './clusters.ts'
import { cleanStreams, type Ruleset } from './definition.ts'
import type { Extent } from './extent.ts'
import type { MatchModel } from './model-definition.ts'
import { trainModel } from './model-train.ts'
import { isModelRule } from './model-words.ts'
import { runIdentity } from './run.ts'
import {
  emailAndPhone,
  madeRecords,
  putMade,
  putRows,
  removeRows,
  type WrittenRow,
} from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))

/** Small limits, so that a few rows cross them; a third rule over two objects. */
const ruleset: Ruleset = {
  ...emailAndPhone,
  match: [
    ...emailAndPhone.match,
    {
      key: 'name_and_phone',
      block: 2,
      all: [
        { object: 'individual', field: 'last_name', by: 'normalised' },
        { object: 'contact_point_phone', field: 'telephone_number', by: 'exact' },
      ],
    },
  ],
  limits: {
    block: 3,
    records_per_profile: 4,
    identifiers: [
      { object: 'contact_point_phone', field: 'telephone_number', by: 'normalised', most: 2 },
    ],
  },
}

/** The same e-mail, or names that are alike: beside the telephone number, and by themselves, in blocks that cross the limit. */
const fuzzy: Ruleset = {
  ...ruleset,
  limits: { ...ruleset.limits, clean_streams: ['reg'] },
  match: [
    ...emailAndPhone.match.slice(0, 1),
    {
      key: 'alike_and_phone',
      all: [
        { object: 'individual', field: 'first_name', by: 'fuzzy' },
        { object: 'contact_point_phone', field: 'telephone_number', by: 'normalised' },
      ],
    },
    {
      key: 'alike',
      block: 4,
      all: [
        { object: 'individual', field: 'last_name', by: 'fuzzy' },
        { object: 'individual', field: 'first_name', by: 'fuzzy', precision: 'high' },
      ],
    },
  ],
}

const weighed: MatchingSettings = {
  comparisons: [
    { column: 'first_name', levels: [{ is: 'exact' }, { is: 'jaro_winkler', at_least: 0.85 }] },
    { column: 'last_name', levels: [{ is: 'exact' }, { is: 'jaro_winkler', at_least: 0.85 }] },
    { column: 'email_address', levels: [{ is: 'exact' }] },
    { column: 'telephone_number', levels: [{ is: 'exact' }] },
  ],
  blocks: [
    { key: 'last_name', all: [{ column: 'last_name' }] },
    { key: 'email', all: [{ column: 'email_address' }] },
    { key: 'phone', all: [{ column: 'telephone_number' }, { column: 'first_name' }] },
  ],
  largest_block: 3,
}

/** A model that learned from others, beside a rule or alone; by its weights, one thing alike makes a doubt and two a link. */
async function weighing(more: Partial<Ruleset>): Promise<Ruleset> {
  const engine = await memoryEngine()
  const given: MatchModel = { key: 'alike', on: 'individual', settings: weighed }
  await putMade(engine, model, madeRecords(250, 7))
  const bench = { engine, ask: { lane: 'heavy' } as const, now: clock.now, timings: [] }
  const matcher = { ...given, ...(await trainModel({ bench, model }, given, {})) }
  await engine.close()
  return { ...ruleset, match: [], model: { use: 'alike', at_least: 0.2 }, matcher, ...more }
}

/** A row is written (anew), or goes. */
interface RowChange {
  readonly object: string
  readonly row: WrittenRow
  readonly goes: boolean
}

type Change =
  | RowChange
  | { readonly decide: Decision['kind']; readonly left: string; readonly right: string }
  | { readonly withdraw: number }

interface Turn {
  readonly changes: readonly Change[]
  /** After how many statements of its publication a run dies before it is run again; never where there are not so many. */
  readonly dies: number | undefined
}

const person = fc.constantFrom('1', '2', '3', '4', '5', '6', '7')
const goes = fc.boolean().map((heads) => heads)
const names = {
  last_name: fc.constantFrom('Ada', 'Bob', ''),
  first_name: fc.constantFrom('X', 'Y'),
}
const alikeNames = {
  last_name: fc.constantFrom('Schneider', 'Schnieder', 'Schneyder', 'Snyder', 'Bauer', ''),
  first_name: fc.constantFrom('Robert', 'Bob', 'Rupert', 'Katharina', 'Catharina', ''),
}
/** Names that often agree, so that two things alike are no rarity. */
const commonNames = {
  last_name: fc.constantFrom('Schneider', 'Schnieder', 'Bauer'),
  first_name: fc.constantFrom('Robert', 'Rupert', ''),
}
const rowOf = (
  object: string,
  fields: Readonly<Record<string, fc.Arbitrary<string>>>,
  ids: fc.Arbitrary<string>,
) =>
  fc.record({
    object: fc.constant(object),
    goes: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: goes }),
    row: fc.record({ id: ids, ...fields }),
  })
const rowId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
type Names = Readonly<Record<string, fc.Arbitrary<string>>>
const rowChange = (named: Names): fc.Arbitrary<RowChange> =>
  fc.oneof(
    rowOf('individual', { ...named, stream: fc.constantFrom('reg', 'shop') }, person),
    rowOf(
      'contact_point_email',
      {
        individual_id: person,
        email_address: fc.constantFrom('x@x.de', 'x@x.de', 'y@x.de', 'z@x.de', 'test@test.com'),
      },
      rowId,
    ),
    rowOf(
      'contact_point_phone',
      {
        individual_id: person,
        telephone_number: fc.constantFrom('+49 171 1234561', '+49 171 1234562', '+49 171 1234563'),
      },
      rowId,
    ),
    rowOf('sales_order', { individual_id: person }, fc.constantFrom('o1', 'o2')),
    rowOf(
      'sales_order_product',
      { sales_order_id: fc.constantFrom('o1', 'o2', 'o3') },
      fc.constantFrom('l1', 'l2'),
    ),
  )
const change = (named: Names): fc.Arbitrary<Change> =>
  fc.oneof(
    { weight: 8, arbitrary: rowChange(named) },
    {
      weight: 2,
      arbitrary: fc
        .record({
          decide: fc.constantFrom('must_link' as const, 'cannot_link' as const),
          left: person,
          right: person,
        })
        .filter(({ left, right }) => left !== right),
    },
    { weight: 1, arbitrary: fc.record({ withdraw: fc.nat(3) }) },
  )
const turns = (named: Names) =>
  fc.array(
    fc.record({
      changes: fc.array(change(named), { minLength: 1, maxLength: 4 }),
      dies: fc.option(fc.nat(20), { nil: undefined }),
    }),
    // By day two short sequences instead of one long: each chooses anew which rules cap.
    isLong ? { minLength: 5, maxLength: 7 } : { minLength: 2, maxLength: 3 },
  )

const beginning: readonly RowChange[] = ['1', '2', '3', '4', '5', '6'].flatMap((id, i) => [
  {
    object: 'individual',
    goes: false,
    row: { id, stream: i % 3 === 0 ? 'reg' : 'shop', last_name: 'Ada', first_name: id },
  },
  {
    object: 'contact_point_email',
    goes: false,
    row: { id: 'abcdef'[i] ?? id, individual_id: id, email_address: i < 4 ? 'x@x.de' : 'y@x.de' },
  },
  {
    object: 'contact_point_phone',
    goes: false,
    row: {
      id: 'abcdef'[i] ?? id,
      individual_id: id,
      telephone_number: `+49 171 123456${i % 4}`,
    },
  },
])

/** The ruleset, with some of its rules linking the oldest of a block that is too large. */
const capping = (of: Ruleset): fc.Arbitrary<Ruleset> =>
  fc.subarray(of.match.map(({ key }) => key)).map((capped) => ({
    ...of,
    match: of.match.map((rule) => (capped.includes(rule.key) ? { ...rule, larger: 'cap' } : rule)),
  }))

const objects = [
  'individual',
  'contact_point_email',
  'contact_point_phone',
  'sales_order',
  'sales_order_product',
]

/** A house with the decisions that stand in it. */
async function house(extent: Extent, ruleset: Ruleset) {
  const engine = await memoryEngine()
  const decisions: Decision[] = []
  let position = 0
  for (const object of objects) await putRows(engine, model, object, [])
  return {
    engine,
    decisions,
    apply: async (of: Change) => {
      if ('object' in of) {
        await removeRows(engine, of.object, [of.row.id])
        if (of.goes) return
        await putRows(engine, model, of.object, [{ ...of.row, position: ++position }])
      } else if ('decide' in of) decisions.push(decisionOf(of, ++position))
      else decisions.splice(of.withdraw, 1)
    },
    run: (on: Engine = engine) =>
      runIdentity({ engine: on, clock, model, ruleset, decisions, extent }),
  }
}

const decisionOf = (
  of: { decide: Decision['kind']; left: string; right: string },
  number: number,
): Decision => {
  const named = (id: string) => ({ space: 'default', source: 'crm', stream: 'crm', id })
  return {
    number,
    kind: of.decide,
    left: named(of.left),
    right: named(of.right),
    why: 'so it is',
    by: 'me',
    at: '2026-01-01T00:00:00Z',
  }
}

/** Dies at the given statement of a publication. */
const dying = (engine: Engine, after: number): Engine => ({
  ...engine,
  change: (what, work, ask) =>
    engine.change(
      what,
      (writer) => {
        let left = after
        const run = (statement: Part) => {
          if (what.startsWith('identity of') && --left < 0) throw new Error('the lights went out')
          return writer.run(statement)
        }
        return work({ ...writer, run })
      },
      ask,
    ),
})

/** Records of a clean stream are one only where links by hand alone tie them. */
async function expectCleanApart(
  { engine, decisions }: Awaited<ReturnType<typeof house>>,
  ruleset: Ruleset,
) {
  const tied = Int32Array.from({ length: 10 }, (_, i) => i)
  const there = await engine.rows(
    sql`select distinct r.id, r._stream as stream, l.profile from unified.link_individual l
      join model.individual r on r._key = l.record`,
  )
  const isThere = new Set(there.map(({ id }) => String(id)))
  for (const { kind, left, right } of decisions)
    if (kind === 'must_link' && isThere.has(left.id) && isThere.has(right.id))
      unite(tied, Number(left.id), Number(right.id))
  const clean = there.filter(({ stream }) => cleanStreams(ruleset).includes(String(stream)))
  for (const one of clean)
    for (const { id, stream, profile } of clean)
      if (stream === one['stream'] && profile === one['profile'])
        expect(rootOf(tied, Number(id))).toBe(rootOf(tied, Number(one['id'])))
}

const tables: Readonly<Record<string, string>> = {
  link: 'select record, profile, since from unified.link_individual',
  evidence: 'select rule, "left", "right", matched from unified.evidence_individual',
  refused: 'select rule, "left", "right", matched, reason, about from unified.refused_individual',
  term: 'select * from unified.term_individual',
  profiles: 'select * from unified.individual',
  redirect: 'select old, "new" from unified.redirect_individual',
  change: 'select kind, profile, other from unified.change_individual',
  key: 'select * from unified.key_individual',
  row: 'select * from unified.seen_individual',
  heeded: 'select * from unified.heeded_individual',
  persons: 'select id, _profile from model.individual',
  emails: 'select id, _profile from model.contact_point_email',
  orders: 'select id, _profile from model.sales_order',
  lines: 'select id, _profile from model.sales_order_product',
}

async function stateOf(engine: Engine) {
  const state: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(tables))
    state[name] = (await engine.checked(`${text} order by all`)).rows
  return state
}

const told = ({
  records,
  profiles,
  created,
  merged,
  split,
  retired,
  members,
  refused,
  for_review,
  rules,
  changed,
  rows_owned,
}: Awaited<ReturnType<typeof runIdentity>>) => ({
  records,
  profiles,
  created,
  merged,
  split,
  retired,
  members,
  refused,
  for_review,
  // How many pairs a model weighed, and what its blocks are, only a run over everything can tell.
  rules: rules.map(({ candidates, blocks, left_out, ...of }) =>
    isModelRule(of.rule) ? of : { ...of, left_out },
  ),
  changed,
  rows_owned,
})

test.each([
  { of: 'equal values', rules: async () => ruleset, named: names },
  { of: 'likeness, of a clean stream', rules: async () => fuzzy, named: alikeNames },
  { of: 'a model', rules: () => weighing({}), named: commonNames },
  {
    of: 'a rule and a model, of a clean stream',
    rules: () =>
      weighing({
        match: ruleset.match.slice(0, 1),
        model: { use: 'alike', at_least: 0.2, clean_streams: ['reg'] },
      }),
    named: commonNames,
  },
])(
  '$of: looking at what changed comes to the same as looking at everything',
  async ({ rules, named }) => {
    const given = await rules()
    const seen = new Set<string | undefined>()
    await fc.assert(
      fc.asyncProperty(turns(named), capping(given), async (of: readonly Turn[], ruleset) => {
        const [whole, part] = [
          await house('everything', ruleset),
          await house('what changed', ruleset),
        ]
        for (const { changes, dies } of [{ changes: beginning, dies: undefined }, ...of]) {
          for (const one of changes) {
            await whole.apply(one)
            await part.apply(one)
          }
          if (dies !== undefined) await diesHarmlessly(part, dies)
          const [expected, found] = [await whole.run(), await part.run()]
          seen.add(found.mode)
          expect(told(found)).toEqual(told(expected))
          expect(await stateOf(part.engine)).toEqual(await stateOf(whole.engine))
          await expectCleanApart(part, ruleset)
        }
        await whole.engine.close()
        await part.engine.close()
      }),
      { numRuns: isLong ? 40 : 1 },
    )
    expect([...seen]).toContain('incremental')
  },
  isLong ? 3_600_000 : 600_000,
)

/** A run that dies leaves what is published as it was: one whole run. */
async function diesHarmlessly({ engine, run }: Awaited<ReturnType<typeof house>>, after: number) {
  const before = await stateOf(engine)
  const survived = await run(dying(engine, after)).then(
    () => true,
    (thrown: Error) => {
      expect(thrown.message).toContain('the lights went out')
      return false
    },
  )
  if (!survived) expect(await stateOf(engine)).toEqual(before)
}

test('a rule and a model do not bring two of a clean stream together between them, however much is looked at', async () => {
  const ruleset = await weighing({
    match: emailAndPhone.match.slice(0, 1),
    limits: { clean_streams: ['reg'] },
  })
  const put = (object: string, row: WrittenRow): RowChange => ({ object, goes: false, row })
  const alike = { last_name: 'Schneider', first_name: 'Robert' }
  const telephone_number = '+49 171 1234561'
  const three = [
    put('individual', { id: '1', stream: 'reg', last_name: 'Abel' }),
    put('individual', { id: '2', stream: 'reg', ...alike }),
    put('individual', { id: '3', stream: 'shop', ...alike }),
    put('contact_point_email', { id: 'a', individual_id: '1', email_address: 'x@x.de' }),
    put('contact_point_email', { id: 'c', individual_id: '3', email_address: 'x@x.de' }),
    put('contact_point_phone', { id: 'b', individual_id: '2', telephone_number }),
    put('contact_point_phone', { id: 'd', individual_id: '3', telephone_number }),
  ]
  const [whole, part] = [await house('everything', ruleset), await house('what changed', ruleset)]
  for (const changes of [three, [put('individual', { id: '4', last_name: 'Abel' })]]) {
    for (const one of changes) {
      await whole.apply(one)
      await part.apply(one)
    }
    expect(told(await part.run())).toEqual(told(await whole.run()))
    const groups = sql`select string_agg(r.id, '' order by r.id) as ids from unified.link_individual l
      join model.individual r on r._key = l.record where r.id < '4' group by l.profile order by 1`
    expect(await part.engine.rows(groups)).toEqual([{ ids: '13' }, { ids: '2' }])
    const refused = sql`select reason from unified.refused_individual`
    expect(await part.engine.rows(refused)).toEqual([{ reason: 'clean_source' }])
  }
  await whole.engine.close()
  await part.engine.close()
}, 60_000)
