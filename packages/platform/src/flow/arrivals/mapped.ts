import { as, column, type Draft, join, type Part, sql } from '#engine'
import { refuseIfAny } from '#kernel/fault.ts'
import { type CompiledTarget, cellOf, compileMapping, readFrom, type Sources } from '#mappings'
import type { MappingDefinition } from '#mappings/definition'
import type { Model } from '#model'

/** What a mapping makes of rows of its stream, wherever these rows stand. */
export interface MappedTarget {
  readonly object: string
  /** The fields that are filled, `id` among them. */
  readonly fields: readonly string[]
  /** A query for what becomes rows of the model: `_event` and one column per field. */
  readonly rowsFrom: (rows: Part) => Draft
  /** A query that tells of rows whether the mapping wants them (`wanted`) and whether they have an id (`has_id`), the best first. */
  readonly verdictsOn: (rows: Part) => Draft
}

/** Compiles a mapping as it is today over rows of its stream; throws all that is wrong with it. */
export function mappedTargets(
  mapping: MappingDefinition,
  model: Model,
  sources: Sources,
): readonly MappedTarget[] {
  const { targets, problems } = compileMapping(mapping, model, sources)
  refuseIfAny(problems)
  return targets.map(overRows)
}

function overRows(target: CompiledTarget): MappedTarget {
  const { object, filled, where } = target
  const read = (rows: Part) => readFrom(target, rows, '_event')
  const wanted = where?.part ?? sql`true`
  const cells = filled.map((field) => ({ name: field.name, cell: cellOf(field) }))
  const id = cells.find(({ name }) => name === 'id')?.cell ?? sql`null`
  return {
    object: object.key,
    fields: cells.map(({ name }) => name),
    rowsFrom: (rows) => sql`select * from (
      select r._event, ${join(cells.map(({ name, cell }) => as(cell, column(name))))}
      from ${read(rows)} where ${wanted}) v where id is not null`,
    verdictsOn: (rows) =>
      sql`select coalesce(${wanted}, false) as wanted, (${id}) is not null as has_id from ${read(rows)}
        order by wanted desc, has_id desc`,
  }
}
