import { type Kysely, sql } from 'kysely'
import { readMigrations, type Store } from '#store'
import type { Decided, Recorded, RecordedQuery, Report } from './api.ts'
import { type Outcome, outcomes } from './definition.ts'

/** The tables of this room in the store. */
export const decisionMigrations = readMigrations(new URL('./migrations/', import.meta.url))

interface RecordTable {
  id: string
  decision: string
  person: string
  profile: string | null
  state: Decided['state']
  chosen: string
  left_out: string
  at: string
}

interface OutcomeTable {
  id: string
  offer: string
  outcome: Outcome
  decision: string
  person: string
  at: string
}

interface Tables {
  decision_record: RecordTable
  decision_outcome: OutcomeTable
  decision_count: { decision: string; offer: string; outcome: Outcome; day: string; n: number }
}

/** A decision as it is kept. */
export type NewRecord = Readonly<RecordTable>

/** An offer that was chosen, shown or clicked. */
export type NewOutcome = Readonly<OutcomeTable>

/** How often somebody had an offer, by offer and outcome: when each time. */
export type Had = ReadonlyMap<string, readonly number[]>

/** By what `Had` is asked. */
export const hadKey = (offer: string, outcome: Outcome): string => `${offer}\n${outcome}`

// SQLite takes a limited number of parameters in one statement.
const mostRows = 100

/** The records of decisions in a store. */
export function recordsIn(store: Store) {
  const db = store.as<Tables>()
  return {
    /** Keeps decisions, and what they chose, all or none. */
    add: (all: readonly NewRecord[]) =>
      store.transaction(async () => {
        for (const part of partsOf(all))
          await db.insertInto('decision_record').values(part).execute()
        await addOutcomes(db, all.flatMap(chosenIn))
      }),
    /** Keeps what became of offers; how many were not known yet. */
    addOutcomes: (all: readonly NewOutcome[]) => store.transaction(() => addOutcomes(db, all)),
    find: (id: string) =>
      db.selectFrom('decision_record').selectAll().where('id', '=', id).executeTakeFirst(),
    /** What somebody had of a decision, under all of their ids. */
    had: async (decision: string, people: readonly string[]): Promise<Had> => {
      const had = new Map<string, number[]>()
      if (people.length === 0) return had
      const rows = await db
        .selectFrom('decision_outcome')
        .select(['offer', 'outcome', 'at'])
        .where('decision', '=', decision)
        .where('person', 'in', people)
        .execute()
      for (const { offer, outcome, at } of rows) {
        const times = had.get(hadKey(offer, outcome)) ?? []
        had.set(hadKey(offer, outcome), times)
        times.push(Date.parse(at))
      }
      return had
    },
    totals: async (): Promise<readonly { decision: string; outcome: Outcome; n: number }[]> =>
      db
        .selectFrom('decision_count')
        .select(['decision', 'outcome', sql<number>`sum(n)`.as('n')])
        .groupBy(['decision', 'outcome'])
        .execute(),
    report: async (decision: string, since: string): Promise<Report> => {
      const rows = await db
        .selectFrom('decision_count')
        .select(['day', 'offer', 'outcome', 'n'])
        .where('decision', '=', decision)
        .where('day', '>=', since)
        .orderBy('day')
        .orderBy('offer')
        .execute()
      return reportFrom(decision, rows)
    },
    recorded: (of: RecordedQuery) => recorded(db, of),
    /** Forgets what is older; counts stay. */
    forget: (before: string) =>
      store.transaction(async () => {
        await db.deleteFrom('decision_outcome').where('at', '<', before).execute()
        await db.deleteFrom('decision_record').where('at', '<', before).execute()
      }),
  }
}

const partsOf = <Row>(rows: readonly Row[]): readonly (readonly Row[])[] =>
  Array.from({ length: Math.ceil(rows.length / mostRows) }, (_, i) =>
    rows.slice(i * mostRows, (i + 1) * mostRows),
  )

// Written by this room, so that it reads what it wrote.
const keysIn = (json: string): readonly string[] => JSON.parse(json) as string[]

const chosenIn = ({ id, decision, person, chosen, at }: NewRecord): readonly NewOutcome[] =>
  keysIn(chosen).map((offer) => ({ id, offer, outcome: 'chosen', decision, person, at }))

async function addOutcomes(db: Kysely<Tables>, all: readonly NewOutcome[]): Promise<number> {
  const added: Pick<OutcomeTable, 'decision' | 'offer' | 'outcome' | 'at'>[] = []
  for (const part of partsOf(all))
    added.push(
      ...(await db
        .insertInto('decision_outcome')
        .values(part)
        .onConflict((conflict) => conflict.doNothing())
        .returning(['decision', 'offer', 'outcome', 'at'])
        .execute()),
    )
  const days = Map.groupBy(added, ({ decision, offer, outcome, at }) =>
    JSON.stringify([decision, offer, outcome, at.slice(0, 10)]),
  )
  const counts = [...days.values()].flatMap((of) => {
    const [first] = of
    if (!first) return []
    const { at, ...what } = first
    return [{ ...what, day: at.slice(0, 10), n: of.length }]
  })
  for (const part of partsOf(counts))
    await db
      .insertInto('decision_count')
      .values(part)
      .onConflict((conflict) =>
        conflict
          .columns(['decision', 'day', 'offer', 'outcome'])
          .doUpdateSet({ n: sql`decision_count.n + excluded.n` }),
      )
      .execute()
  return added.length
}

interface CountRow {
  readonly day: string
  readonly offer: string
  readonly outcome: Outcome
  readonly n: number
}
type Counts = Record<Outcome, number>

function reportFrom(decision: string, rows: readonly CountRow[]): Report {
  const counted = (of: readonly CountRow[]): Counts => ({
    ...{ chosen: 0, shown: 0, clicked: 0 },
    ...Object.fromEntries(
      outcomes.map((outcome) => [
        outcome,
        of.reduce((sum, row) => sum + (row.outcome === outcome ? row.n : 0), 0),
      ]),
    ),
  })
  const byOffer = Map.groupBy(rows, ({ offer }) => offer)
  const byDay = Map.groupBy(rows, ({ day, offer }) => `${day}\n${offer}`)
  return {
    decision,
    offers: [...byOffer].map(([offer, of]) => ({ offer, ...counted(of) })),
    days: [...byDay].map(([name, of]) => {
      const [day = '', offer = ''] = name.split('\n')
      return { day, offer, ...counted(of) }
    }),
  }
}

async function recorded(
  db: Kysely<Tables>,
  { profile, person, decision, offer, outcome, state, before, limit = 50 }: RecordedQuery,
): Promise<readonly Recorded[]> {
  let query = db.selectFrom('decision_record').selectAll()
  if (profile !== undefined) query = query.where('profile', '=', profile)
  // The stream stands before the id, with a tab between them.
  if (person !== undefined)
    query = query.where(sql<string>`substr(person, instr(person, char(9)) + 1)`, '=', person)
  if (decision !== undefined) query = query.where('decision', '=', decision)
  if (state !== undefined) query = query.where('state', '=', state)
  if (offer !== undefined || outcome !== undefined)
    query = query.where(({ exists, selectFrom }) => {
      const became = selectFrom('decision_outcome')
        .select('decision_outcome.id')
        .whereRef('decision_outcome.id', '=', 'decision_record.id')
        .where('decision_outcome.outcome', '=', outcome ?? 'chosen')
      return exists(
        offer === undefined ? became : became.where('decision_outcome.offer', '=', offer),
      )
    })
  if (before !== undefined) {
    const last = await db
      .selectFrom('decision_record')
      .select(['id', 'at'])
      .where('id', '=', before)
      .executeTakeFirst()
    // One that is forgotten was the oldest, so that nothing comes after it.
    if (!last) return []
    query = query.where(({ and, or, eb }) =>
      or([eb('at', '<', last.at), and([eb('at', '=', last.at), eb('id', '<', last.id)])]),
    )
  }
  const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  if (rows.length === 0) return []
  const became = await db
    .selectFrom('decision_outcome')
    .select(['id', 'offer', 'outcome'])
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  const of = (id: string, outcome: Outcome) =>
    became.flatMap((one) => (one.id === id && one.outcome === outcome ? [one.offer] : []))
  return rows.map((row) => ({
    id: row.id,
    decision: row.decision,
    at: row.at,
    ...(row.person === '' ? {} : { person: row.person.slice(row.person.indexOf('\t') + 1) }),
    ...(row.profile === null ? {} : { profile: row.profile }),
    state: row.state,
    chosen: [...keysIn(row.chosen)],
    // As above.
    left_out: JSON.parse(row.left_out) as Recorded['left_out'],
    shown: of(row.id, 'shown'),
    clicked: of(row.id, 'clicked'),
  }))
}
