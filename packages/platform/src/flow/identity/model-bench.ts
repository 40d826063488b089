import { join, type Made, makeAll, type Part, sql, value, type Workbench } from '#engine'
import type { Model } from '#model'
import { recordStep } from './compile.ts'
import type { Ruleset, Subject } from './definition.ts'
import { type Weighed, withWeighed } from './model-records.ts'
import { prepareObjects } from './run.ts'
import { valueSteps } from './values.ts'

/** What looking at records needs. */
export interface RecordTools {
  readonly bench: Workbench
  readonly on: Subject
  readonly model: Model
  /** Records by their keys, where only these are looked at; they are numbered in this order. */
  readonly only?: readonly string[]
  /** What a ruleset blocks. */
  readonly limits?: Ruleset['limits'] | undefined
}

/** The records of a subject, outside a run, as matching takes them; their tables (`record` among them) are gone after `use`. */
export async function withRecords<T>(
  { bench, on, model, only, limits }: RecordTools,
  use: (weighed: Weighed, where: Made) => Promise<T>,
): Promise<T> {
  const ruleset = weighing(on, limits)
  await prepareObjects({ engine: bench.engine, model, ruleset })
  const all = recordStep(ruleset)
  const steps = [
    only ? { ...all, query: among(all.query, only) } : all,
    ...valueSteps(ruleset, model),
  ]
  return makeAll(bench, steps, new Map(), (found) =>
    withWeighed(bench, { ruleset, model, found }, (weighed) => use(weighed, found)),
  )
}

/** A ruleset that only weighs: its values are those of models, without those of rules. */
const weighing = (on: Subject, limits: Ruleset['limits']): Ruleset => ({
  key: on,
  on,
  match: [],
  model: { use: on },
  reconcile: { default: 'last_updated' },
  ...(limits ? { limits } : {}),
})

function among(all: Part, only: readonly string[]): Part {
  const places = only.map((record, i) => sql`(${value(i)}, ${value(BigInt(record))})`)
  return sql`select w.place as n, r.record, r.space, r.since from (${all}) r
    join (values ${join(places)}) w(place, record) on w.record = r.record`
}
