import fc from 'fast-check'
import { expect, test } from 'vitest'
import { column, type Engine, join, keyOf, type Part, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { identityMigrations, makeIdentity, type Ruleset } from '#identity'
import { emailAndPhone } from '#identity/testing'
import { systemCaller } from '#kernel/caller.ts'
import { Fault } from '#kernel/fault.ts'
import { silentLog } from '#kernel/log.ts'
import { isLong } from '#kernel/testing/long.ts'
import {
  linkColumn,
  linkFields,
  modelOf,
  modelTable,
  noteRowChange,
  noteTouched,
  prepareRowChanges,
  prepareTouched,
  shapeModelTable,
} from '#model'
import {
  type Condition,
  type Membership,
  makeSegments,
  prepareSegments,
  type Segment,
  segmentMigrations,
} from '#segments'
import { memoryStore } from '#store/testing'
import { prepareTick } from './tables.ts'
import { peopleWith } from './testing/house.ts'
import { makeTick, type Tick } from './tick.ts'

const model = modelOf([])
const ruleset: Ruleset = emailAndPhone
const objects = [
  'individual',
  'contact_point_email',
  'contact_point_phone',
  'sales_order',
  'sales_order_product',
  'product',
]

// --- what happens ---

interface RowChange {
  readonly object: string
  readonly id: string
  /** Nothing when the row goes. */
  readonly fields: Readonly<Record<string, string | number>> | undefined
}

interface Turn {
  readonly changes: readonly RowChange[]
  /** Who maps what came: a round, or the graph before it. */
  readonly mapped: 'by a round' | 'by the graph'
  /** Who is kept apart from whom, as somebody decided. */
  readonly apart: readonly [string, string] | undefined
  readonly identity: boolean
  /** Whether rows are put in the order of people after it. */
  readonly arranges: boolean
  /** Whether a round comes before it in which those who are due with time alone may wait. */
  readonly paced: boolean
  readonly passesMs: number
  /** After how many statements the tick dies; never where there are not so many. */
  readonly dies: number | undefined
}

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const person = oneOf('1', '2', '3', '4', '5')
const day = 86_400_000
const begin = Date.parse('2026-02-16T12:00:00Z')
const instant = fc
  .integer({ min: -12 * 24, max: 24 })
  .map((hours) => new Date(begin + hours * 3_600_000).toISOString())

const rowOf = (
  object: string,
  ids: fc.Arbitrary<string>,
  fields: Readonly<Record<string, fc.Arbitrary<string | number>>>,
): fc.Arbitrary<RowChange> =>
  fc.record({
    object: fc.constant(object),
    id: ids,
    fields: fc.option(fc.record(fields), { nil: undefined, freq: 4 }),
  })
const rowChange = fc.oneof(
  rowOf('individual', person, { country: oneOf('FR', 'DE'), created_at: instant }),
  rowOf('contact_point_email', oneOf('a', 'b', 'c', 'd'), {
    individual_id: person,
    email_address: oneOf('x@x.de', 'y@x.de'),
  }),
  rowOf('sales_order', oneOf('o1', 'o2', 'o3', 'o4', 'o5', 'o6'), {
    individual_id: person,
    grand_total_amount: oneOf(10, 50, 100),
    purchased_at: instant,
  }),
  rowOf('sales_order_product', oneOf('l1', 'l2', 'l3'), {
    sales_order_id: oneOf('o1', 'o2', 'o3'),
    ordered_quantity: oneOf(1, 2),
    product_id: oneOf('b', 'h'),
  }),
  rowOf('product', oneOf('b', 'h'), { name: oneOf('Bike', 'Helmet') }),
)
const beginning = fc.array(rowChange, { minLength: 6, maxLength: 10 })
const turns = fc.array(
  fc.record<Turn>({
    changes: fc.array(rowChange, { minLength: 1, maxLength: 5 }),
    mapped: oneOf<Turn['mapped']>('by a round', 'by the graph'),
    apart: fc.option(
      fc.tuple(person, person).filter(([a, b]) => a !== b),
      {
        nil: undefined,
        freq: 5,
      },
    ),
    identity: fc.boolean(),
    arranges: fc.boolean(),
    paced: fc.boolean(),
    passesMs: oneOf(0, 1, 3_600_000, 5 * 3_600_000, day, 3 * day),
    dies: fc.option(fc.nat(12), { nil: undefined }),
  }),
  { minLength: 3, maxLength: 6 },
)

// --- who is meant ---

const daysOp = oneOf<'within_last_days' | 'not_within_last_days' | 'within_next_days'>(
  'within_last_days',
  'not_within_last_days',
  'within_next_days',
)
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  oneOf('FR', 'DE').map((of): Condition => ({ field: 'country', op: '=', value: of })),
  fc.record({
    field: fc.constant('created_at'),
    op: daysOp,
    value: oneOf(0, 1, 3),
  }),
  fc.record({
    related: fc.constant('sales_order'),
    measure: fc.constant('count' as const),
    op: oneOf<'>=' | '='>('>=', '='),
    value: oneOf(0, 1, 2),
  }),
  fc.tuple(daysOp, oneOf(1, 2, 7)).map(
    ([op, days]): Condition => ({
      related: 'sales_order',
      where: { field: 'purchased_at', op, value: days },
      measure: 'sum',
      of: 'grand_total_amount',
      op: '>=',
      value: 50,
    }),
  ),
  daysOp.map(
    (op): Condition => ({
      related: 'sales_order',
      measure: 'max',
      of: 'purchased_at',
      op,
      value: 3,
    }),
  ),
  fc.constant<Condition>({
    related: 'sales_order_product',
    measure: 'sum',
    of: 'ordered_quantity',
    op: '>=',
    value: 2,
  }),
)
const newer: fc.Arbitrary<Condition> = fc.oneof(
  oneOf(1, 3).map(
    (days): Condition => ({
      sequence: [
        { related: 'sales_order' },
        { related: 'sales_order', within: { value: days, unit: 'day' }, never: true },
      ],
    }),
  ),
  fc.constant<Condition>({ related: 'sales_order', look_back: { value: 1, unit: 'week' } }),
  fc.constant<Condition>({
    related: 'sales_order_product',
    where: { field: 'product_id.name', op: '=', value: 'Bike' },
  }),
  fc.constant<Condition>({ segment: 's0', use: 'definition' }),
)
const group = (inner: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> =>
  fc.oneof(
    inner,
    fc.array(inner, { maxLength: 3 }).map((all): Condition => ({ all })),
    fc.array(inner, { maxLength: 3 }).map((any): Condition => ({ any })),
    inner.map((not): Condition => ({ not })),
  )
const membership: fc.Arbitrary<Membership> = fc
  .tuple(group(group(leaf)), fc.option(leaf, { freq: 3 }))
  .map(([include, exclude]) => (exclude === null ? { include } : { include, exclude }))
const segmentsOf = fc
  .tuple(fc.array(membership, { minLength: 3, maxLength: 3 }), newer)
  .map(([bodies, extra]): readonly Segment[] => [
    ...bodies.map((of, i) => ({ key: `s${i}`, body: bodyOf(of) })),
    { key: 'newer', body: bodyOf({ include: extra }) },
    {
      key: 'others',
      body: bodyOf({ include: { all: [{ not: { segment: 's0' } }, { segment: 's1' }] } }),
    },
  ])
const bodyOf = (of: Membership) => ({ label: 'One', on: 'individual' as const, ...of })

// --- two houses, one kept by ticks and one published whole ---

let position = 0

async function apply(engine: Engine, { object, id, fields }: RowChange, at: number) {
  const of = model.get(object)
  await engine.change(`rows of ${object}`, async (writer) => {
    const isIt = sql`id = ${value(id)}`
    await noteTouched(
      writer,
      object,
      sql`select _profile as profile, _position from ${modelTable(object)} where ${isIt}`,
      { from: '_position' },
    )
    await writer.run(sql`delete from ${modelTable(object)} where ${isIt}`)
    await noteRowChange(writer, of, 'as they came')
    if (!fields) return
    const key = (name: unknown) => keyOf(['default', 'crm'], value(String(name)))
    const cells: readonly (readonly [string, Part])[] = [
      ['_stream', value('crm')],
      ['_source', value('crm')],
      ['_space', value('default')],
      ['_position', value(at)],
      ['_key', key(id)],
      ['id', value(id)],
      ...Object.entries(fields).map(
        ([name, cell]) => [name, value(cell, of.fields[name]?.type ?? 'text')] as const,
      ),
      ...linkFields(of)
        .filter((name) => name in fields)
        .map((name) => [linkColumn(name), key(fields[name])] as const),
    ]
    await writer.run(sql`insert into ${modelTable(object)} (${join(cells.map(([name]) => column(name)))})
      values (${join(cells.map(([, cell]) => cell))})`)
  })
}

/** Dies at the given statement of a change that the tick makes. */
const dying = (engine: Engine, after: number): Engine => {
  let left = after
  return {
    ...engine,
    change: (what, work, ask) =>
      engine.change(
        what,
        (writer) => {
          const run = (statement: Part) => {
            if (--left < 0) throw new Error('the lights went out')
            return writer.run(statement)
          }
          return work({ ...writer, run })
        },
        ask,
      ),
  }
}

async function house(segments: readonly Segment[]) {
  const engine = await memoryEngine()
  const store = await memoryStore({ identity: identityMigrations, segments: segmentMigrations })
  let now = begin
  const clock = { now: () => new Date(now) }
  await engine.change('tables', async (writer) => {
    await prepareRowChanges(writer)
    await prepareTouched(writer)
    for (const object of objects) await shapeModelTable(writer, model.get(object), [])
  })
  await prepareSegments(engine)
  await prepareTick(engine)
  const identity = makeIdentity({
    engine,
    store,
    clock,
    model: async () => model,
    rulesets: async () => [ruleset],
  })
  const known = async () => ({ model, insights: [], segments })
  const room = (on: Engine) => makeSegments({ engine: on, store, clock, known })
  const all = room(engine)
  const waiting: RowChange[] = []
  const tickOn = (on: Engine) => {
    const brought = new Set<string>()
    return makeTick({
      engine: on,
      clock,
      log: silentLog,
      known,
      segments: room(on),
      mappings: {
        behind: async () => {
          for (const { object } of waiting) brought.add(object)
          return [...brought]
        },
        follow: async (object) => {
          brought.delete(object)
          const mine = waiting.filter((change) => change.object === object)
          const after = position
          for (const change of mine) {
            await apply(engine, change, ++position)
            waiting.splice(waiting.indexOf(change), 1)
          }
          return [{ object, stream: 'crm', after }]
        },
      },
      identity: {
        decisive: async () => ['individual', 'contact_point_email', 'contact_point_phone'],
        decided: async () => 0,
        run: async () => {},
      },
      checkEveryMs: Number.MAX_SAFE_INTEGER,
      copiedFrom: 1,
      onChange: () => {},
    })
  }
  return {
    engine,
    identity,
    segments: all,
    waiting,
    tickOn,
    pass: (ms: number) => {
      now += ms
    },
    // Of segments that have bits: who is in them by these, and by the members.
    memberships: async () => {
      const ask = async (text: string) => (await engine.checked(text)).rows
      const held = `select p.* from segment._place p join segment._state s on s.segment = p.segment and s.position = p.position`
      return {
        byBits:
          await ask(`select p.segment, b.profile from segment._bits b join (${held}) p on p.word = b.word
          where (b.bits & p.power) <> 0 order by all`),
        copies: await ask('select object from segment._copy'),
        byMembers: await ask(`select segment, profile from segment.member
          where segment in (select segment from (${held}) p) order by all`),
      }
    },
    state: async () => {
      const ask = async (text: string) => (await engine.checked(text)).rows
      return {
        members: await ask('select segment, profile, entered_at from segment.member order by all'),
        history: await ask(
          'select segment, profile, entered_at, left_at from segment.history order by all',
        ),
        states: await ask('select segment, members from segment._state order by all'),
      }
    },
  }
}

async function decide(identity: House['identity'], turn: Turn) {
  if (!turn.apart) return
  const [left, right] = turn.apart
  const body = { record: `crm:${left}`, from: `crm:${right}`, why: 'so' }
  // Nobody can be kept apart from somebody who is not there, or was already.
  await identity.unlink('people', body, systemCaller).catch((thrown: unknown) => {
    if (!(thrown instanceof Fault)) throw thrown
  })
}

type House = Awaited<ReturnType<typeof house>>

interface Houses {
  readonly live: House
  readonly whole: House
  readonly segments: readonly Segment[]
  readonly tick: Tick
}

async function mapByGraph(tick: Tick, engine: Engine, change: RowChange) {
  const { object } = change
  const refresh = tick.beside.model(async () => {
    await apply(engine, change, ++position)
    return { changed: 'all', position }
  })
  const node = { key: `model:${object}`, kind: 'model', label: object, inputs: [], definition: '' }
  const { signal } = new AbortController()
  const of = { signal, progress: () => {}, scope: 'changes', from: {}, to: {} } as const
  await refresh({ ...node, freshness: 'live' }, of)
}

async function takeTurn({ live, whole, segments, tick }: Houses, turn: Turn) {
  const publishAll = async () => {
    for (const { key } of segments) await whole.segments.publish(key)
  }
  for (const one of [live, whole]) {
    one.pass(turn.passesMs)
    await decide(one.identity, turn)
  }
  if (turn.mapped === 'by a round') live.waiting.push(...turn.changes)
  else for (const change of turn.changes) await mapByGraph(tick, live.engine, change)
  for (const change of turn.changes) await apply(whole.engine, change, ++position)
  let next = tick
  if (turn.dies !== undefined) {
    const dead = live.tickOn(dying(live.engine, turn.dies))
    await dead.round().catch(() => {})
    next = live.tickOn(live.engine)
  }
  if (turn.paced) await next.round({ isPaced: true })
  await next.round()
  await whole.identity.assign('people')
  await publishAll()
  if (turn.arranges) await next.arrange()
  if (!turn.identity) return next
  await whole.identity.run('people')
  await live.identity.run('people')
  await next.round()
  await publishAll()
  return next
}

test('members by ticks are the members that full publishes give, with the same history', async () => {
  let changes = 0
  let covered = 0
  let copied = 0
  await fc.assert(
    fc.asyncProperty(segmentsOf, beginning, turns, async (segments, more, all) => {
      const [live, whole] = [await house(segments), await house(segments)]
      let tick = live.tickOn(live.engine)
      const first: readonly RowChange[] = ['1', '2', '3', '4', '5'].map((id) => ({
        object: 'individual',
        id,
        fields: { country: 'FR', created_at: new Date(begin - 2 * day).toISOString() },
      }))
      for (const one of [live, whole]) {
        for (const change of [...first, ...more]) await apply(one.engine, change, ++position)
        await one.identity.run('people')
      }
      for (const { key } of segments) {
        await tick.publish(key)
        await whole.segments.publish(key)
      }
      for (const turn of all) {
        const done = await takeTurn({ live, whole, segments, tick }, turn)
        tick = done
        const [found, expected] = [await live.state(), await whole.state()]
        expect(found).toEqual(expected)
        changes += expected.history.length
      }
      expect(await tick.check()).toBe(0)
      const { byBits, byMembers, copies } = await live.memberships()
      copied += copies.length
      expect(byBits).toEqual(byMembers)
      covered += byBits.length
    }),
    { numRuns: isLong ? 10 : 4, endOnFailure: true },
  )
  expect(changes).toBeGreaterThan(3)
  expect(covered).toBeGreaterThan(0)
  expect(copied).toBeGreaterThan(0)
}, 400_000)

test('whose the rows are that the graph maps, the next round tells', async () => {
  const { engine, identity, tickOn, state } = await house([
    peopleWith('buyers', { related: 'sales_order' }),
  ])
  const tick = tickOn(engine)
  const created_at = new Date(begin - day).toISOString()
  await apply(engine, { object: 'individual', id: '1', fields: { created_at } }, ++position)
  await identity.run('people')
  await tick.publish('buyers')
  await tick.round()
  const fields = { individual_id: '1', grand_total_amount: 10, purchased_at: created_at }
  await mapByGraph(tick, engine, { object: 'sales_order', id: 'o1', fields })
  await tick.round()
  expect((await state()).members).toHaveLength(1)
})
