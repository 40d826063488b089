import {
  column,
  join,
  type Made,
  made,
  type Part,
  placed,
  sql,
  value,
  type Workbench,
} from '#engine'
import type { Constraints } from './constrained.ts'
import { type Identifier, mostValues, type Ruleset } from './definition.ts'
import { tidied } from './normalise.ts'
import { nameOf, valuesName } from './values.ts'

/** The values of strong identifiers that troubled records hold, numbered; `identifier` tells whose values a slot holds. */
export type HeldValues = Constraints['values'] & { readonly identifier: (slot: number) => number }

const none = new Int32Array()

/** Groups whose records hold more values of an identifier than one profile may. */
export async function conflictsIn(
  { engine, ask }: Workbench,
  ruleset: Ruleset,
  where: Made,
): Promise<Int32Array> {
  const identifiers = ruleset.limits?.identifiers ?? []
  if (identifiers.length === 0) return none
  const each = identifiers.map(
    (
      of,
      i,
    ) => sql`select c.root from (${valuesOf(of, i)}) v join ${made('component')} c on c.n = v.n
      group by c.root, v.kind having count(distinct v.value) > ${value(mostValues(ruleset, i))}`,
  )
  const query = sql`select distinct root from (${join(each, sql` union all `)}) crowded`
  const [roots] = await engine.integers(placed(query, where), ask)
  return roots ?? none
}

/** What the troubled records hold. Values of one identifier and kind share a slot. */
export async function heldValues(
  { engine, ask }: Workbench,
  { limits }: Ruleset,
  where: Made,
): Promise<HeldValues> {
  const identifiers = limits?.identifiers ?? []
  const nothingHeld = { record: none, slot: none, value: none, identifier: () => 0 }
  if (identifiers.length === 0) return nothingHeld
  const query = sql`select n, dense_rank() over (order by identifier, kind) as slot,
      dense_rank() over (order by value) as value, identifier
    from (${heldOf(identifiers)}) held where n in (select n from ${made('troubled')})`
  const [record = none, slot = none, held = none, identifier = none] = await engine.integers(
    placed(query, where),
    ask,
  )
  const bySlot = new Map(slot.entries().map(([i, of]) => [of, identifier[i] ?? 0]))
  return { record, slot, value: held, identifier: (of) => bySlot.get(of) ?? 0 }
}

/** What all records hold of strong identifiers: `n`, `identifier` (its place in the list), `kind`, `value`. */
export const heldOf = (identifiers: readonly Identifier[]): Part =>
  join(
    identifiers.map((of, i) => valuesOf(of, i)),
    sql` union all `,
  )

/** Only values of the kinds that are named, where some are. */
function onlyOf({ per, only }: Identifier): Part {
  if (per === undefined || only === undefined) return sql``
  const kinds = only.map((kind) => tidied('exact', value(kind)))
  return sql` and ${column(nameOf({ field: per, by: 'exact' }))} in (${join(kinds)})`
}

function valuesOf(of: Identifier, i: number): Part {
  const kind =
    of.per === undefined
      ? sql`''`
      : sql`coalesce(${column(nameOf({ field: of.per, by: 'exact' }))}, '')`
  const name = column(nameOf({ field: of.field, by: of.by ?? 'exact' }))
  return sql`select distinct n, ${value(i)} as identifier, ${kind} as kind, ${name} as value
    from ${made(valuesName(of.object))} where ${name} is not null${onlyOf(of)}`
}
