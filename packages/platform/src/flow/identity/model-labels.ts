import type { Selectable } from 'kysely'
import type { Engine } from '#engine'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Store } from '#store'
import type { NamedRecord } from './api.ts'
import type { Recorder } from './decide.ts'
import type { Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
import { findRecord } from './find-record.ts'
import type { JudgeBody, Label, LabelsQuery, WithdrawLabelsBody } from './model-labels-api.ts'
import {
  type Pair,
  type PairRow,
  pairFrom,
  pairRow,
  shownRecord,
  subjectFrom,
  type WithdrawalRow,
  type WithdrawnRow,
  withdrawal,
  withdrawnFrom,
} from './pair-rows.ts'

interface Tables {
  identity_label: LabelRow
  identity_label_withdrawal: WithdrawalRow & { label: number }
}

interface LabelRow extends PairRow {
  number?: number
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
  readonly record: Recorder
}

const usualSubject: Subject = 'individual'

/** Writes down what somebody judged: all of it or nothing. Labels are added and withdrawn, never changed. */
export async function judgePairs(
  { engine, store, clock, record }: LabelTools,
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
    rows.push({ ...pairRow(on, { left, right }), ...told, judged_at: at })
  }
  const db = store.as<Tables>()
  return store.transaction(async () => {
    const added = await db.insertInto('identity_label').values(rows).returning('number').execute()
    const numbers = new Set(added.map(({ number }) => number))
    const judged = (await labelsIn(store, on)).filter(({ number }) => numbers.has(number))
    for (const { number, left, right, is_match, why } of judged)
      await record(
        caller,
        is_match ? 'identity.judge_one' : 'identity.judge_apart',
        `label:${number}`,
        {
          left: shownRecord(left),
          right: shownRecord(right),
          ...(why === undefined ? {} : { why }),
        },
      )
    return judged
  })
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
  { store, clock, record }: Omit<LabelTools, 'engine'>,
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
    for (const { number, withdrawn: before } of known)
      if (!before) await record(caller, 'identity.withdraw_label', `label:${number}`, { why })
    return (await labelsIn(store)).filter(({ number }) => numbers.includes(number))
  })
}

/** A pair that people judged, as it counts. */
export interface JudgedPair extends Pair {
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
    .select(withdrawal)
    .$if(on !== undefined, (query) => query.where('l.subject', '=', on ?? ''))
    .orderBy('l.number')
    .execute()
  return rows.map(labelFrom)
}

const labelFrom = (row: Selectable<LabelRow> & WithdrawnRow): Label => ({
  number: row.number ?? 0,
  on: subjectFrom(row),
  ...pairFrom(row),
  is_match: row.is_match === 1,
  ...(row.why === null ? {} : { why: row.why }),
  by: row.judged_by,
  at: row.judged_at,
  ...withdrawnFrom(row),
})
