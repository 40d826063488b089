import type { Engine } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { currentTable, fieldsByStream } from '#lake'
import {
  columnsOf,
  fittingColumns,
  type Model,
  type ModelObject,
  modelTable,
  pathTo,
  shapeModelTable,
  systemColumns,
} from '#model'
import type { Relation } from '#query'
import { forgetObject } from './refresh.ts'

/** Model objects as users name them in SQL: their fields, and whose they are where they lead to a person. */
export function modelRelations(model: Model): readonly Relation[] {
  const known = relationsOf.get(model)
  if (known) return known
  const relations = model.objects.map((object) => ({
    name: object.key,
    label: object.label,
    table: modelTable(object.key),
    columns: [
      ...Object.entries(object.fields).map(([name, { type }]) => ({ name, type })),
      ...personColumn(model, object),
    ],
  }))
  relationsOf.set(model, relations)
  return relations
}

const relationsOf = new WeakMap<Model, readonly Relation[]>()

function personColumn(model: Model, object: ModelObject) {
  if (pathTo(model, object, 'individual') === undefined) return []
  return [{ name: 'profile_id', type: 'integer' as FieldType, physical: systemColumns.profile }]
}

/** The rows of streams as users name them when they explore: `lake.crm_contacts`. */
export async function lakeRelations(
  engine: Engine,
  streams: readonly string[],
): Promise<readonly Relation[]> {
  return [...(await fieldsByStream(engine, streams))].map(([stream, fields]) => ({
    name: `lake.${stream}`,
    table: currentTable(stream),
    columns: fields.map(({ name, type }) => ({ name, type })),
  }))
}

/**
 * Makes the tables of all model objects, so that a query over one that nothing fills yet finds no rows instead of no table;
 * a field of another type than before is empty until its object is made anew. What is no object any more goes.
 */
export async function prepareModel(engine: Engine, model: Model): Promise<void> {
  const shapes = new Map((await engine.tables('model')).map((of) => [of.name, of.columns]))
  const lacking = model.objects.flatMap((object) => {
    const fitting = fittingColumns(engine, object, shapes.get(object.key) ?? [])
    const isWhole = columnsOf(object).every(([name]) => fitting.includes(name))
    return isWhole ? [] : [{ object, fitting }]
  })
  const gone = [...shapes.keys()].filter((name) => !name.startsWith('_') && !model.find(name))
  if (lacking.length + gone.length === 0) return
  await engine.change('model', async (writer) => {
    for (const object of gone) await forgetObject(writer, object)
    for (const { object, fitting } of lacking) await shapeModelTable(writer, object, fitting)
  })
}
