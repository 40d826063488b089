import { expect, test } from 'vitest'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import {
  fittingColumns,
  type ModelObjectDefinition,
  modelOf,
  modelTable,
  pathTo,
  problemsOfObject,
  shapeModelTable,
  standardModel,
  subjectAreas,
} from './index.ts'

const model = modelOf([])

test.each(standardModel.map((object) => [object.key, object] as const))(
  '%s is whole',
  (_, object) => {
    expect(object.fields['id']?.type).toBe('text')
    expect(subjectAreas).toHaveProperty(object.subject_area)
    for (const name of [...(object.shows ?? []), ...(object.time ? [object.time] : [])])
      expect(object.fields).toHaveProperty(name)
    if (object.category === 'engagement')
      expect(object.fields[object.time ?? '']?.type).toBe('timestamp')
    for (const { links_to: to, cardinality } of Object.values(object.fields)) {
      if (to === undefined) continue
      expect(model.find(to)?.key).toBe(to)
      expect(cardinality).toMatch(/^(many|one)_to_one$/)
    }
  },
)

test.each([
  ['individual', []],
  ['contact_point_email', ['individual_id']],
  ['sales_order', ['individual_id']],
  ['sales_order_product', ['individual_id']],
  ['product', undefined],
  ['account', undefined],
])('the way from %s to a person', (key, fields) => {
  expect(pathTo(model, model.get(key), 'individual')?.map(({ field }) => field)).toEqual(fields)
})

const bicycle: ModelObjectDefinition = {
  label: 'Service visit',
  subject_area: 'service',
  category: 'other',
  fields: { id: { type: 'text' }, sales_order_id: { type: 'text', links_to: 'sales_order' } },
}

test('an object without a person of its own finds the one of its parent', () => {
  const own = modelOf([{ key: 'visit', body: bicycle }])
  expect(pathTo(own, own.get('visit'), 'individual')).toEqual([
    { field: 'sales_order_id', to: 'sales_order' },
    { field: 'individual_id', to: 'individual' },
  ])
})

test('users add fields to standard objects, but change none', () => {
  const extended = modelOf([
    {
      key: 'individual',
      body: {
        ...bicycle,
        fields: { shoe_size: { type: 'integer' }, first_name: { type: 'integer' } },
      },
    },
  ])
  expect(extended.get('individual').fields).toMatchObject({
    shoe_size: { type: 'integer' },
    first_name: { type: 'text' },
  })
  expect(
    problemsOfObject(
      'individual',
      { ...bicycle, fields: { first_name: { type: 'integer' } } },
      model,
    ),
  ).toMatchObject([{ code: 'model.field_changed_type', at: 'fields.first_name.type' }])
})

test('everything that is wrong with an object is told at once', () => {
  const problems = problemsOfObject(
    'visit',
    {
      label: 'x',
      subject_area: 's',
      category: 'engagement',
      shows: ['nme', 'constructor'],
      fields: { name: { type: 'text' }, who: { type: 'text', links_to: 'individul' } },
    },
    model,
  )
  expect(problems.map(({ code, at }) => `${code} ${at}`)).toEqual([
    'model.no_id fields',
    'model.no_time time',
    'model.unknown_field shows[0]',
    'model.unknown_field shows[1]',
    'model.unknown_object fields.who.links_to',
  ])
})

test('names of fields, what they lead to and the time are judged, also those added to a standard object', () => {
  const fields = {
    id: { type: 'text' as const },
    'Frame No': { type: 'text' as const },
    sales_order_id__key: { type: 'integer' as const },
    profile_id: { type: 'text' as const, links_to: 'individul' },
  }
  const said = (key: string, of: Partial<ModelObjectDefinition>) =>
    problemsOfObject(key, { ...bicycle, fields, ...of }, model).map(
      ({ code, at }) => `${code} ${at}`,
    )
  const expected = [
    'model.field_name fields.Frame No',
    'model.field_name fields.sales_order_id__key',
    'model.field_name fields.profile_id',
    'model.unknown_object fields.profile_id.links_to',
  ]
  expect(said('bicycle', {})).toEqual(expected)
  expect(said('individual', {})).toEqual(expected)
  expect(said('bicycle', { category: 'engagement', time: 'id', fields: bicycle.fields })).toEqual([
    'model.time_type time',
  ])
})

test('a table gains the columns it lacks', async () => {
  const engine = await memoryEngine()
  const columns = async () =>
    (await engine.tables('model'))[0]?.columns.map(({ name }) => name) ?? []
  const [small, large] = [
    { ...bicycle, key: 'visit', origin: 'custom' as const },
    {
      ...bicycle,
      key: 'visit',
      origin: 'custom' as const,
      fields: { ...bicycle.fields, note: { type: 'text' as const } },
    },
  ]
  await engine.change('shape', (writer) => shapeModelTable(writer, small, []))
  await engine.change('shape', async (writer) => shapeModelTable(writer, large, await columns()))
  expect(await columns()).toEqual([
    '_stream',
    '_source',
    '_space',
    '_position',
    '_key',
    '_profile',
    'id',
    'sales_order_id',
    'sales_order_id__key',
    'note',
  ])
  expect(await engine.rows(sql`select count(*) as n from ${modelTable('visit')}`)).toEqual([
    { n: 0 },
  ])
})

test('a column of another type is made anew; the others keep their values', async () => {
  const engine = await memoryEngine()
  const visit = (type: 'text' | 'integer') => ({
    ...bicycle,
    key: 'visit',
    origin: 'custom' as const,
    fields: { id: { type: 'text' as const }, length: { type } },
  })
  const shaped = async () => (await engine.tables('model'))[0]?.columns ?? []
  await engine.change('shape', (writer) => shapeModelTable(writer, visit('text'), []))
  await engine.change('fill', (writer) =>
    writer.run(sql`insert into ${modelTable('visit')} (id, length) values ('a', 'long')`),
  )
  const fitting = fittingColumns(engine, visit('integer'), await shaped())
  expect(fitting).toEqual(['_stream', '_source', '_space', '_position', '_key', '_profile', 'id'])
  await engine.change('shape', (writer) => shapeModelTable(writer, visit('integer'), fitting))
  expect(await engine.rows(sql`select id, length from ${modelTable('visit')}`)).toEqual([
    { id: 'a', length: null },
  ])
  expect(fittingColumns(engine, visit('integer'), await shaped())).toContain('length')
})
