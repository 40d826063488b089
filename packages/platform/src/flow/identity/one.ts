import { as, call, cast, column, type Engine, join, type Part, sql, typeName, value } from '#engine'
import type { Model } from '#model'
import type { Store } from '#store'
import { basisBefore, basisNow } from './basis.ts'
import { blockedValues } from './blocked.ts'
import { type KeyedDecision, keyedDecisions } from './changed.ts'
import { agreedSteps, keysOfRecords } from './compile.ts'
import type { ValueColumn } from './contacts.ts'
import { decisionRecords, standing } from './decisions.ts'
import {
  addressOf,
  askedBy,
  asksForLikeness,
  type Criterion,
  cleanStreams,
  type Identifier,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import { formOf } from './forms.ts'
import { heldOf } from './identifiers.ts'
import { cleaned, tidied } from './normalise.ts'
import { ownedObjects } from './owners.ts'
import { allSteps, planRun } from './plan.ts'
import { countryKey, countryNamed } from './reference.ts'
import { keyTable } from './tables.ts'
import { nameOf, valueColumns, valueSteps } from './values.ts'

/** A value that is compared, and what it is called beside the others of its row. */
export type Compared = ValueColumn & { readonly name: string }

/** A ruleset as one record is looked up by it, with only the rules that ask for equal values; and the others. */
export function lookedUpBy(whole: Ruleset): {
  readonly ruleset: Ruleset
  readonly leftOut: readonly string[]
} {
  const { model, matcher: _, ...ruleset } = whole
  const limits = { ...ruleset.limits, clean_streams: [...cleanStreams(whole)] }
  const others = ruleset.match.filter(asksForLikeness).map(({ key }) => key)
  return {
    ruleset: { ...ruleset, limits, match: ruleset.match.filter((rule) => !asksForLikeness(rule)) },
    leftOut: [...others, ...(model ? [`model ${model.use}`] : [])],
  }
}

// Contact points that no rule asks for are only there to be found by.
const plain = (model: Model): Model => ({ ...model, objects: [] })

const named = (of: ValueColumn): Compared => ({ ...of, name: nameOf(of) })

/** The values of a row that rules and guards compare, by object. */
export const comparedValues = (
  ruleset: Ruleset,
  model: Model,
): ReadonlyMap<string, readonly Compared[]> =>
  Map.groupBy(valueColumns(ruleset, plain(model)).map(named), ({ object }) => object)

/** What a rule compares, in its order. */
export const comparedBy = (rule: MatchRule): readonly (Criterion & Compared)[] =>
  askedBy(rule).map((of) => ({ ...of, name: nameOf(of) }))

/** Whether a value is a telephone number; those are tidied up by `readyPhone`. */
export const isPhone = ({ object, field, by }: Compared): boolean =>
  by === 'normalised' && formOf(object, field, { type: 'text' }) === 'phone'

/** A value as rules compare it: countries by their code, whatever they are called. */
export function settledValue({ object, field, by }: Compared, tidied: string): string {
  const isCountry = by === 'normalised' && formOf(object, field, { type: 'text' }) === 'country'
  return isCountry ? (countryNamed.get(tidied) ?? tidied) : tidied
}

/** One row of an object, as it is tidied up beside those of others: what its columns are called begins with its place. */
export interface RowOfOne {
  readonly place: string
  readonly columns: readonly Compared[]
  /** The fields, each as its text. */
  readonly texts: Readonly<Record<string, Part>>
}

/** How the value of a row is called beside those of others. */
export const besideOthers = ({ place }: Pick<RowOfOne, 'place'>, name: string): string =>
  `${place}_${name}`

/**
 * The other values of a row of each object, tidied up as in a run but without a join, which costs more than all the rest when
 * there is one row; countries become what they are looked up by.
 */
export function valuesOfOne(rows: readonly RowOfOne[], model: Model): Part {
  const raw = rows.flatMap((row) =>
    Object.entries(row.texts).map(([field, of]) => as(of, column(besideOthers(row, field)))),
  )
  const named = rows.flatMap((row) =>
    row.columns.map((of) => ({
      name: column(besideOthers(row, of.name)),
      value: valueOfOne(of, model, column(besideOthers(row, of.field), 'r')),
    })),
  )
  const tidy = named.map(({ name, value }) => as(value, name))
  const shown = named.map(({ name }) => sql`nullif(${name}, '') as ${name}`)
  return sql`select ${join(shown)} from (select ${join(tidy)} from (select ${join(raw)}) r) cleaned`
}

function valueOfOne({ object, field, by }: Compared, model: Model, raw: Part): Part {
  const { fields } = model.get(object)
  const type = fields[field]?.type ?? 'text'
  const form = by === 'exact' ? undefined : formOf(object, field, { type })
  if (form === undefined)
    return cleaned.exact(type === 'text' ? raw : cast(cast(raw, type), 'text'))
  if (form === 'country') return countryKey(raw)
  if (form === 'phone') throw new Error('telephone numbers are tidied up by themselves')
  return cleaned[form](raw)
}

// As in the keys of a run.
const keySeparator = '\u001f'

/** The text whose key is that of a rule's values in a data space. */
export const keyedText = (rule: MatchRule, space: string, values: readonly string[]): string =>
  [rule.key, space, ...values].join(keySeparator)

/** Values that are blocked for a criterion, tidied up; nothing where none are. */
export function blockedOf({ limits }: Ruleset, of: Criterion): Part | undefined {
  const listed = limits?.blocked?.[addressOf(of)] ?? []
  return listed.length === 0
    ? undefined
    : sql`select * from (${blockedValues(of, listed)}) blocked(v)`
}

const half = value(2 ** 31)

/** The two halves of a 61-bit key, each less than 2^31: `high`, `low`. */
export const halvesOf = (key: Part): Part =>
  sql`cast((${key} - ${key} % ${half}) / ${half} as ${typeName('integer')}) as high, ${key} % ${half} as low`

const [slots, identifiers] = [2 ** 26, 32]

/** The place among whose values a value of an identifier stands: comparable are those of one slot; the rest by 32 is the identifier's place. */
const slotOf = (identifier: Part, kind: Part): Part =>
  sql`${call('key64', kind)} % ${value(slots)} * ${value(identifiers)} + ${identifier}`

/** The same by the key of its kind. */
export const slotOfOne = (identifier: number, kind: bigint): number =>
  Number(kind % BigInt(slots)) * identifiers + identifier

/** What records hold of strong identifiers, for records numbered by the step `record`: `n`, `slot`, `high`, `low`. */
export function heldSteps(ruleset: Ruleset, model: Model) {
  const guards: Ruleset = { ...ruleset, match: [] }
  const cells = sql`${slotOf(sql`identifier`, sql`kind`)} as slot, ${halvesOf(call('key64', sql`value`))}`
  return {
    steps: valueSteps(guards, plain(model)),
    query: sql`select n, ${cells} from (${heldOf(ruleset.limits?.identifiers ?? [])}) held order by n`,
  }
}

/** How the columns of an identifier are called in a row of its object: its value, and what kind that is. */
export const namesOfHeld = (of: Identifier) => ({
  value: nameOf({ field: of.field, by: of.by ?? 'exact' }),
  kind: of.per === undefined ? undefined : nameOf({ field: of.per, by: 'exact' }),
})

/** The kinds, tidied up as `v`, that an identifier is said of; nothing where it is said of all. */
export const kindsHeld = ({ per, only }: Identifier): Part | undefined =>
  per === undefined || only === undefined
    ? undefined
    : sql`select * from (values ${join(only.map((kind) => sql`(${tidied('exact', value(kind))})`))}) kinds(v)`

/** The keys of all records, where the last run has kept them for these very rules; otherwise the steps that make them. */
export async function keysOf(engine: Engine, ruleset: Ruleset, model: Model) {
  const { ruleset: exact } = lookedUpBy(ruleset)
  if (await areKept(engine, ruleset, model))
    return {
      steps: [],
      query: sql`select rule, key, record from ${keyTable(ruleset.on)}
        where rule in (${join(['', ...exact.match.map(({ key }) => key)].map((key) => value(key)))})`,
    }
  const steps = [...valueSteps(exact, plain(model)), ...agreedSteps(exact)]
  return { steps, query: keysOfRecords(exact) }
}

async function areKept(engine: Engine, ruleset: Ruleset, model: Model): Promise<boolean> {
  const existing = new Set((await engine.tables('model')).map(({ name }) => name))
  const plan = planRun(ruleset, model, ownedObjects(model, ruleset.on, existing))
  const steps = allSteps(ruleset, model, plan)
  const now = await basisNow(engine, { ruleset, model, steps })
  return (await basisBefore(engine, ruleset.on))?.madeBy === now.madeBy
}

/** A number that rises whenever something is decided or withdrawn. */
export const lastDecided = (store: Store): Promise<number> => decisionRecords(store).lastTold()

/** The decisions that stand, with the keys of their records. */
export const decidedPairs = async (
  engine: Engine,
  store: Store,
  on: Ruleset['on'],
): Promise<readonly KeyedDecision[]> =>
  keyedDecisions(engine, standing(await decisionRecords(store).list(on)))
