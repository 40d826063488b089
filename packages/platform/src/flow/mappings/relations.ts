import type { Engine } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { currentTable, fieldsByStream } from '#lake'
import {
  type Model,
  type ModelObject,
  modelTable,
  pathTo,
  shapeModelTable,
  systemColumns,
} from '#model'
import type { Relation } from '#query'

/** Model objects as users name them in SQL: their fields, and whose they are where they lead to a person. */
export const modelRelations = (model: Model): readonly Relation[] =>
  model.objects.map((object) => ({
    name: object.key,
    label: object.label,
    table: modelTable(object.key),
    columns: [
      ...Object.entries(object.fields).map(([name, { type }]) => ({ name, type })),
      ...personColumn(model, object),
    ],
  }))

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

/** Makes the tables of all model objects, so that a query over one that nothing fills yet finds no rows instead of no table. */
export async function prepareModel(engine: Engine, model: Model): Promise<void> {
  const existing = new Map(
    (await engine.tables('model')).map((of) => [of.name, of.columns.map(({ name }) => name)]),
  )
  const lacking = model.objects.filter((object) => {
    const columns = existing.get(object.key)
    return (
      columns === undefined || Object.keys(object.fields).some((name) => !columns.includes(name))
    )
  })
  if (lacking.length === 0) return
  await engine.change('model', async (writer) => {
    for (const object of lacking)
      await shapeModelTable(writer, object, existing.get(object.key) ?? [])
  })
}
