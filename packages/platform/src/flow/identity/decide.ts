import { column, type Engine, sql, value } from '#engine'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Store } from '#store'
import type {
  Decision,
  DecisionsQuery,
  LinkBody,
  NamedRecord,
  RecordName,
  UnlinkBody,
  WithdrawBody,
} from './api.ts'
import { contradictionIn, nameKey } from './contradiction.ts'
import { type DecisionRecords, type NewDecision, standing } from './decisions.ts'
import type { Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
import { findRecord, recordsWhere } from './find-record.ts'
import { shownRecord } from './pair-rows.ts'
import { evidenceTable, linkTable } from './tables.ts'

/** Writes down who did what; given by whoever wires the rooms. */
export type Recorder = (
  caller: Caller,
  verb: string,
  subject: string,
  details?: Readonly<Record<string, string | number>>,
) => Promise<unknown>

/** What deciding needs. */
export interface DecideTools {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly decisions: DecisionRecords
  readonly record: Recorder
  /** Who decides, about whom, under which ruleset. */
  readonly caller: Caller
  readonly ruleset: string
  readonly on: Subject
}

/** Two records with what was decided about them. */
export interface Verdict {
  readonly kind: Decision['kind']
  readonly left: RecordName
  readonly right: RecordName
}

/** Links two records for good. */
export async function link(
  tools: DecideTools,
  { left, right, why }: LinkBody,
): Promise<readonly Decision[]> {
  const { engine, on } = tools
  const pair = [await findRecord(engine, on, left), await findRecord(engine, on, right)] as const
  return decide(tools, [{ kind: 'must_link', left: pair[0], right: pair[1] }], why)
}

/** Takes a record out of its profile for good: it is kept apart from others of it. */
export async function unlink(
  tools: DecideTools,
  { record, from, why }: UnlinkBody,
): Promise<readonly Decision[]> {
  const left = await findRecord(tools.engine, tools.on, record)
  const others = await othersOf(tools, left, from)
  if (others.length === 0) throw identityFaults.stands_alone({ record: shownRecord(left) })
  const apart = others.map((right) => ({ kind: 'cannot_link', left, right }) as const)
  return decide(tools, apart, why)
}

async function othersOf(
  { engine, on }: DecideTools,
  { record, profile }: RecordName,
  from: string | undefined,
): Promise<readonly RecordName[]> {
  if (from !== undefined && from !== 'profile') return [await findRecord(engine, on, from)]
  if (profile === undefined) return []
  const self = value(BigInt(record))
  const members = sql`select record from ${linkTable(on)} where profile = ${value(BigInt(profile))}`
  const those = from === 'profile' ? members : agreeing(on, record)
  const rows = await recordsWhere(engine, on, sql`r._key in (${those}) and r._key <> ${self}`)
  return [...new Map(rows.toReversed().map((row) => [row.record, row])).values()].toReversed()
}

// Evidence ties the records of a block to one of them; whoever is in the block agrees with all of it.
function agreeing(on: Subject, record: string) {
  const [self, left, right] = [value(BigInt(record)), column('left'), column('right')]
  return sql`with block as (select distinct rule, ${left} as centre, matched from ${evidenceTable(on)}
      where ${left} = ${self} or ${right} = ${self}),
    tied as (select e.${left} as centre, e.${right} as spoke from ${evidenceTable(on)} e
      join block b on b.rule = e.rule and b.centre = e.${left} and b.matched = e.matched)
    select centre from tied union select spoke from tied`
}

/** Writes decisions down, all or none. What was decided before in the same way is not decided again. */
export async function decide(
  tools: DecideTools,
  verdicts: readonly Verdict[],
  why: string,
): Promise<readonly Decision[]> {
  const { store, decisions, on, caller, clock } = tools
  for (const { left, right } of verdicts) refuseStrangePair(left, right)
  const [by, at] = [caller.name, clock.now().toISOString()]
  return store.transaction(async () => {
    const known = standing(await decisions.list(on))
    const drafts = verdicts.map(({ kind, left, right }) => ({
      kind,
      left: nameOf(left),
      right: nameOf(right),
      why,
      by,
      at,
    }))
    const before = new Map(known.map((of) => [pairKey(of), of]))
    const fresh = [...new Map(drafts.map((of) => [pairKey(of), of])).values()].filter(
      (of) => !before.has(pairKey(of)),
    )
    refuseContradiction([...known, ...fresh])
    for (const draft of fresh) before.set(pairKey(draft), await add(tools, draft))
    return [...new Set(drafts.map(pairKey))].flatMap((key) => before.get(key) ?? [])
  })
}

async function add(tools: DecideTools, draft: NewDecision): Promise<Decision> {
  const { decisions, on, caller, record, ruleset } = tools
  const decision = await decisions.add(on, draft)
  await record(caller, `identity.${draft.kind}`, `ruleset:${ruleset}`, {
    decision: decision.number,
    left: shownRecord(draft.left),
    right: shownRecord(draft.right),
    why: draft.why,
  })
  return decision
}

/** Withdraws decisions, all or none; those that were withdrawn before stay as they were. */
export async function withdraw(
  tools: DecideTools,
  { decisions: numbers, why }: WithdrawBody,
): Promise<readonly Decision[]> {
  const { store, decisions, on, caller, clock, record, ruleset } = tools
  return store.transaction(async () => {
    const all = await decisions.list(on)
    const known = new Map(all.map((of) => [of.number, of]))
    for (const [i, number] of numbers.entries()) {
      const found = known.get(number)
      if (!found) throw identityFaults.unknown_decision({ number }, { at: `decisions[${i}]` })
      if (found.withdrawn) continue
      await decisions.withdraw(number, { why, by: caller.name, at: clock.now().toISOString() })
      await record(caller, 'identity.withdraw', `ruleset:${ruleset}`, { decision: number, why })
    }
    return (await decisions.list(on)).filter(({ number }) => numbers.includes(number))
  })
}

/** Decisions as they are asked for, newest first. */
export async function listDecisions(
  { engine, decisions, on }: Pick<DecideTools, 'engine' | 'decisions' | 'on'>,
  { limit = 100, before, record, standing: onlyStanding = false }: DecisionsQuery,
): Promise<readonly Decision[]> {
  const about = record === undefined ? undefined : nameKey(await findRecord(engine, on, record))
  return (await decisions.list(on))
    .filter(({ number }) => before === undefined || number < before)
    .filter(({ withdrawn }) => !onlyStanding || withdrawn === undefined)
    .filter((of) => about === undefined || [nameKey(of.left), nameKey(of.right)].includes(about))
    .toReversed()
    .slice(0, limit)
}

function refuseStrangePair(left: RecordName, right: RecordName): void {
  if (nameKey(left) === nameKey(right))
    throw identityFaults.same_record({ record: shownRecord(left) })
  if (left.space !== right.space)
    throw identityFaults.other_space({ left: shownRecord(left), right: shownRecord(right) })
}

type Draft = NewDecision & { readonly number?: number }

function refuseContradiction(all: readonly Draft[]): void {
  const found = contradictionIn(all)
  if (!found) return
  const details = { apart: told(found.apart), chain: found.chain.map(told) }
  throw identityFaults.contradiction(details)
}

const told = ({ number, left, right }: Draft): string =>
  `${number === undefined ? 'this decision' : `decision ${number}`} (${shownRecord(left)} and ${shownRecord(right)})`

/** What tells decisions apart: their kind and the two records, whichever comes first. */
export const pairKey = ({ kind, left, right }: Pick<Decision, 'kind' | 'left' | 'right'>): string =>
  JSON.stringify([kind, ...[nameKey(left), nameKey(right)].toSorted()])

const nameOf = ({ space, source, stream, id }: NamedRecord): NamedRecord => ({
  space,
  source,
  stream,
  id,
})

/** A record as people name it. */
