import type { Catalogue } from '#definitions'
import { as, column, type Engine, join, type Part, sql, typeName, value } from '#engine'
import { currentTable, type LakeField } from '#lake'
import { type MappingDefinition, modelIn, sourcesOf } from '#mappings'
import { type ModelObject, modelTable } from '#model'
import type { ModelDifference } from './api.ts'
import { type Compared, compare } from './compare.ts'
import { lookupsOf } from './lookups.ts'
import { type MappedTarget, mappedTargets } from './mapped.ts'

/** Rows of a stream as a replay would have them. */
export interface ShadowRows {
  readonly stream: string
  /** The rows, each with its `_event`. */
  readonly rows: Part
  readonly fields: readonly LakeField[]
  /** A condition on rows of the lake, as `l`: those that the replayed rows are compared with. */
  readonly isMet: Part
  /** What rows of the model are found in each other by. */
  readonly keys: readonly string[]
}

/**
 * What today's mapping would make of replayed rows, compared with what the model holds of the same events: object by object,
 * also for those that the mapping no longer fills.
 */
export async function compareModel(
  engine: Engine,
  all: Catalogue,
  shadow: ShadowRows,
): Promise<readonly ModelDifference[]> {
  const model = modelIn(all)
  const mapping = all
    .list<MappingDefinition>('mapping')
    .find(({ body }) => body.stream === shadow.stream)
  const lookups = await lookupsOf(engine, all)
  const sources = sourcesOf(all, shadow.stream, { fields: shadow.fields, lookups })
  const targets = mapping ? mappedTargets(mapping.body, model, sources) : []
  const existing = new Map(
    (await engine.tables('model')).map(({ name, columns }) => [name, columns.map((c) => c.name)]),
  )
  const differences: ModelDifference[] = []
  for (const object of model.objects) {
    const filling = targets.filter((target) => target.object === object.key)
    const columns = existing.get(object.key)
    const isHeld = columns !== undefined && (await holdsRows(engine, object, shadow.stream))
    if (filling.length === 0 && !isHeld) continue
    const fields = Object.keys(object.fields).filter((name) => name !== 'id')
    const was = isHeld ? heldRows(object, shadow, { columns, fields }) : noRows(object, fields)
    const is =
      filling.length > 0 ? mappedRows(object, filling, { shadow, fields }) : noRows(object, fields)
    const found = await compare(engine, { was, is, keys: shadow.keys, fields })
    if (isEmpty(found)) continue
    differences.push({ object: object.key, label: object.label, ...found })
  }
  return differences
}

const isEmpty = ({ same, changed, added, missing }: Compared) =>
  same + changed + added + missing === 0

async function holdsRows(engine: Engine, { key }: ModelObject, stream: string): Promise<boolean> {
  const rows = await engine.rows(
    sql`select 1 as n from ${modelTable(key)} where _stream = ${value(stream)} limit 1`,
  )
  return rows.length > 0
}

const typeOf = (object: ModelObject, name: string) => typeName(object.fields[name]?.type ?? 'text')

const nothingAs = (object: ModelObject, name: string) =>
  as(sql`cast(null as ${typeOf(object, name)})`, column(name))

const noRows = (object: ModelObject, fields: readonly string[]): Part =>
  sql`select cast(null as bigint) as event, cast(null as varchar) as id, ${join(
    fields.map((name) => nothingAs(object, name)),
  )} where false`

/** What the model holds of the replayed events; rows whose lake row has been replaced meanwhile are not held any more. */
function heldRows(
  object: ModelObject,
  { stream, isMet }: ShadowRows,
  { columns, fields }: { readonly columns: readonly string[]; readonly fields: readonly string[] },
): Part {
  const cells = fields.map((name) =>
    columns.includes(name) ? column(name, 'm') : nothingAs(object, name),
  )
  return sql`select l._event as event, m.id, ${join(cells)} from ${modelTable(object.key)} m
    join ${currentTable(stream)} l on l._position = m._position
    where m._stream = ${value(stream)} and ${isMet}`
}

function mappedRows(
  object: ModelObject,
  targets: readonly MappedTarget[],
  { shadow, fields }: { readonly shadow: ShadowRows; readonly fields: readonly string[] },
): Part {
  const selects = targets.map((target) => {
    const cells = fields.map((name) =>
      target.fields.includes(name) ? column(name) : nothingAs(object, name),
    )
    return sql`select _event as event, id, ${join(cells)} from (${target.rowsFrom(shadow.rows)}) t`
  })
  return join(selects, sql` union all `)
}
