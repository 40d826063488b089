import type { Selectable } from 'kysely'
import type { Engine } from '#engine'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Store } from '#store'
import type { NamedRecord, RecordName } from './api.ts'
import type { Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
import { findRecord } from './find-record.ts'
import type { JudgeBody, Label, LabelsQuery, WithdrawLabelsBody } from './model-labels-api.ts'

interface Tables {
  identity_label: LabelRow
  identity_label_withdrawal: {
    label: number
    why: string
    withdrawn_by: string
    withdrawn_at: string
  }
}

interface LabelRow {
  number?: number
  subject: string
  left_space: string
  left_source: string
  left_stream: string
  left_id: string
  right_space: string
  right_source: string
  right_stream: string
  right_id: string
  is_match: number
  why: string | null
  judged_by: string
  judged_at: string
}

/** What judging pairs needs. */
export interface LabelTools {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
}

const usualSubject: Subject = 'individual'

/** Writes down what somebody judged: all of it or nothing. Labels are added and withdrawn, never changed. */
export async function judgePairs(
  { engine, store, clock }: LabelTools,
  { on = usualSubject, labels }: JudgeBody,
  caller: Caller,
): Promise<readonly Label[]> {
  const at = clock.now().toISOString()
  const rows: LabelRow[] = []
  for (const { is_match, why, ...pair } of labels) {
    const left = await findRecord(engine, on, pair.left)
    const right = await findRecord(engine, on, pair.right)
    if (left.record === right.record) throw identityFaults.same_record({ record: pair.left })
    const told = { is_match: is_match ? 1 : 0, why: why ?? null, judged_by: caller.name }
    rows.push({ subject: on, ...columnsOf(left, right), ...told, judged_at: at })
  }
  const db = store.as<Tables>()
  const added = await store.transaction(() =>
    db.insertInto('identity_label').values(rows).returning('number').execute(),
  )
  const numbers = new Set(added.map(({ number }) => number))
  return (await labelsIn(store, on)).filter(({ number }) => numbers.has(number))
}

/** Labels as they are asked for, newest first. */
export async function listLabels(
  { store }: Pick<LabelTools, 'store'>,
  { on = usualSubject, limit = 100, before }: LabelsQuery,
): Promise<readonly Label[]> {
  const all = await labelsIn(store, on)
  return all
    .filter(({ number }) => before === undefined || number < before)
    .toReversed()
    .slice(0, limit)
}

/** Withdraws labels: what was learned from them stays until the next training. */
export async function withdrawLabels(
  { store, clock }: Pick<LabelTools, 'store' | 'clock'>,
  { labels: numbers, why }: WithdrawLabelsBody,
  caller: Caller,
): Promise<readonly Label[]> {
  const db = store.as<Tables>()
  return store.transaction(async () => {
    const known = (await labelsIn(store)).filter(({ number }) => numbers.includes(number))
    for (const [i, number] of numbers.entries())
      if (!known.some((of) => of.number === number))
        throw identityFaults.unknown_label({ number }, { at: `labels[${i}]` })
    const withdrawn = { why, withdrawn_by: caller.name, withdrawn_at: clock.now().toISOString() }
    await db
      .insertInto('identity_label_withdrawal')
      .values(numbers.map((label) => ({ label, ...withdrawn })))
      .onConflict((clash) => clash.doNothing())
      .execute()
    return (await labelsIn(store)).filter(({ number }) => numbers.includes(number))
  })
}

/** A pair that people judged, as it counts. */
export interface JudgedPair {
  readonly left: NamedRecord
  readonly right: NamedRecord
  readonly is_match: boolean
}

/** What counts of all labels: by pair, the last that was not withdrawn. */
export async function judgedPairsOf(store: Store, on: Subject): Promise<readonly JudgedPair[]> {
  const standing = (await labelsIn(store, on)).filter(({ withdrawn }) => withdrawn === undefined)
  const keyOf = ({ space, source, stream, id }: NamedRecord) =>
    JSON.stringify([space, source, stream, id])
  return [
    ...new Map(
      standing.map((of) => [[keyOf(of.left), keyOf(of.right)].toSorted().join(' '), of]),
    ).values(),
  ]
}

async function labelsIn(store: Store, on?: Subject): Promise<readonly Label[]> {
  const rows = await store
    .as<Tables>()
    .selectFrom('identity_label as l')
    .leftJoin('identity_label_withdrawal as w', 'w.label', 'l.number')
    .selectAll('l')
    .select(['w.why as withdrawn_why', 'w.withdrawn_by', 'w.withdrawn_at'])
    .$if(on !== undefined, (query) => query.where('l.subject', '=', on ?? ''))
    .orderBy('l.number')
    .execute()
  return rows.map(labelFrom)
}

const columnsOf = (left: RecordName, right: RecordName) => ({
  left_space: left.space,
  left_source: left.source,
  left_stream: left.stream,
  left_id: left.id,
  right_space: right.space,
  right_source: right.source,
  right_stream: right.stream,
  right_id: right.id,
})

type FoundRow = Selectable<LabelRow> & {
  withdrawn_why: string | null
  withdrawn_by: string | null
  withdrawn_at: string | null
}

function labelFrom(row: FoundRow): Label {
  const { withdrawn_why: why, withdrawn_by: by, withdrawn_at: at } = row
  return {
    number: row.number ?? 0,
    on: row.subject === 'account' ? 'account' : 'individual',
    left: {
      space: row.left_space,
      source: row.left_source,
      stream: row.left_stream,
      id: row.left_id,
    },
    right: {
      space: row.right_space,
      source: row.right_source,
      stream: row.right_stream,
      id: row.right_id,
    },
    is_match: row.is_match === 1,
    ...(row.why === null ? {} : { why: row.why }),
    by: row.judged_by,
    at: row.judged_at,
    ...(why === null || by === null || at === null ? {} : { withdrawn: { why, by, at } }),
  }
}
