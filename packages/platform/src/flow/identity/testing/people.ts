import { column, type Engine, join, keyOf, sql, value } from '#engine'
import { linkColumn, linkFields, type Model, modelTable, shapeModelTable } from '#model'

/** A row of a model object as a test writes it: `source`, `stream` (the same unless set) and `id` as needed, the rest are its fields. */
export interface WrittenRow {
  readonly source?: string
  readonly stream?: string
  readonly id: string
  readonly space?: string
  readonly position?: number
  readonly [field: string]: string | number | boolean | null | undefined
}

let positions = 0

/** Puts rows into the table of a model object, as a mapping would: keys made from source and id, links likewise. */
export async function putRows(
  engine: Engine,
  model: Model,
  object: string,
  rows: readonly WrittenRow[],
): Promise<void> {
  const of = model.get(object)
  const existing = (await engine.tables('model')).find(({ name }) => name === object)
  await engine.change(`test rows of ${object}`, async (writer) => {
    await shapeModelTable(writer, of, existing?.columns.map(({ name }) => name) ?? [])
    for (const {
      source = 'crm',
      stream = source,
      space = 'default',
      position,
      ...fields
    } of rows) {
      const links = linkFields(of).filter((name) => fields[name] !== undefined)
      const plain = Object.keys(fields)
      const names = ['_stream', '_source', '_space', '_position', '_key', ...plain]
      const key = (id: unknown) => keyOf([space, source], value(String(id)))
      const cells = [
        value(stream),
        value(source),
        value(space),
        value(position ?? ++positions),
        key(fields['id']),
        ...plain.map((name) => value(fields[name] ?? null, of.fields[name]?.type ?? 'text')),
        ...links.map((name) => key(fields[name])),
      ]
      const all = [...names, ...links.map(linkColumn)]
      await writer.run(
        sql`insert into ${modelTable(object)} (${join(all.map((name) => column(name)))}) values (${join(cells)})`,
      )
    }
  })
}

/** Takes rows of a model object away. */
export const removeRows = (
  engine: Engine,
  object: string,
  ids: readonly string[],
): Promise<number> =>
  engine.change(`test rows of ${object}`, (writer) =>
    writer.run(
      sql`delete from ${modelTable(object)} where id in (${join(ids.map((id) => value(id)))})`,
    ),
  )
