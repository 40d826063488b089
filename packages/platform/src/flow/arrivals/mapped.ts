import { as, call, column, type Draft, join, type Part, sql, tryCast } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { LakeField } from '#lake'
import { formulaOf, type MappingDefinition, type MappingTarget } from '#mappings/definition'
import type { Model } from '#model'
import { type CompiledFormula, compileFormula, type LookupSource } from '#query'

/** What formulas of a mapping may name: the fields of the rows they read, and other streams that are looked up. */
export interface MappedSources {
  readonly fields: readonly LakeField[]
  readonly lookups: Readonly<Record<string, LookupSource>>
}

/** What a mapping makes of rows of its stream, wherever these rows stand. */
export interface MappedTarget {
  readonly object: string
  /** The fields that are filled, `id` among them. */
  readonly fields: readonly string[]
  /** A query for what becomes rows of the model: `_event` and one column per field. */
  readonly rowsFrom: (rows: Part) => Draft
  /** A query that tells of rows whether the mapping wants them (`wanted`) and whether they have an id (`has_id`). */
  readonly verdictsOn: (rows: Part) => Draft
}

/** Compiles a mapping as it is today over rows of its stream; throws what is wrong with a formula. */
export const mappedTargets = (
  mapping: MappingDefinition,
  model: Model,
  sources: MappedSources,
): readonly MappedTarget[] => mapping.objects.map((target) => compile(target, model, sources))

function compile(
  { object, fields, where }: MappingTarget,
  model: Model,
  sources: MappedSources,
): MappedTarget {
  const types = model.get(object).fields
  const filled = Object.entries(fields).map(([name, of]) => {
    const formula = compileFormula(formulaOf(of), sources)
    return { name, cell: typed(formula, types[name]?.type ?? 'text') }
  })
  const wanted = where === undefined ? sql`true` : compileFormula(where, sources).part
  const cells = join(filled.map(({ name, cell }) => as(cell, column(name))))
  const id = filled.find(({ name }) => name === 'id')?.cell ?? sql`null`
  return {
    object,
    fields: filled.map(({ name }) => name),
    rowsFrom: (rows) => sql`select * from (
      select r._event, ${cells} from ${rows} r where ${wanted}) v where id is not null`,
    verdictsOn: (rows) =>
      sql`select coalesce(${wanted}, false) as wanted, (${id}) is not null as has_id from ${rows} r`,
  }
}

// As mappings do it: blank is nothing, and what cannot be read as the type of its field is empty.
function typed({ part, type: from }: CompiledFormula, to: FieldType): Part {
  if (to === 'text')
    return sql`nullif(trim(${from === 'text' ? part : sql`cast(${part} as varchar)`}), '')`
  if (from === to) return part
  if (to === 'date' && from === 'timestamp') return call('day_of', part)
  const isText = from === 'text' || from === undefined
  return tryCast(isText ? sql`trim(cast(${part} as varchar))` : part, to)
}
