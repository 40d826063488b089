import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql, value } from '#engine'
import { folderEngine } from '#engine/testing'
import { isLong } from '#kernel/testing/long.ts'
import { fieldsOf, type LakeField, type Mode, prepareLake, take } from '#lake'
import { modelOf, modelTable, touchedTable } from '#model'
import { compileMapping } from './compile.ts'
import type { MappingDefinition } from './definition.ts'
import { prepareMappings, refreshObject, unitStates } from './refresh.ts'
import { prepareModel } from './relations.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
await prepareMappings(engine)
const model = modelOf([])
const signal = new AbortController().signal
let files = 0

async function arrive(stream: string, mode: Mode, header: string, rows: string) {
  const name = `f${++files}.csv`
  const path = join(folder, name)
  writeFileSync(path, `${header}\n${rows}`)
  const fields: LakeField[] = header
    .split(',')
    .map((field) => ({ label: field, name: field, type: 'text' }))
  const columns = fields.map((f) => ({ name: f.name, label: f.label, empty: false }))
  const file = {
    format: 'csv',
    path,
    compressed: false,
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: true,
    columns,
  } as const
  await take(engine, {
    stream,
    mode,
    primaryKey: ['id'],
    known: await fieldsOf(engine, stream),
    files: (async function* () {
      yield { name, fingerprint: name, file, fields }
    })(),
    at: new Date(files),
    signal,
  })
}

async function refresh(mapping: MappingDefinition, object: string, fingerprint = 'v1') {
  const objects = mapping.objects.filter((target) => target.object === object)
  const fields = await fieldsOf(engine, mapping.stream)
  const { targets, problems } = compileMapping({ ...mapping, objects }, model, {
    fields,
    lookups: {},
  })
  expect(problems).toEqual([])
  const unit = {
    stream: mapping.stream,
    source: mapping.qualifier,
    space: 'default',
    fingerprint,
    targets,
  }
  return refreshObject(engine, model.get(object), [unit], signal)
}

const people = (stream: string): MappingDefinition => ({
  stream,
  qualifier: 'crm',
  objects: [
    {
      object: 'individual',
      fields: { id: 'id', first_name: 'upper(name)', birth_date: "parse_date(born, '%Y-%m-%d')" },
    },
    {
      object: 'contact_point_email',
      where: 'mail is not null',
      fields: { id: "concat(id, ':1')", individual_id: 'id', email_address: 'mail' },
    },
    {
      object: 'contact_point_email',
      where: 'mail2 is not null',
      fields: {
        id: "concat(id, ':2')",
        individual_id: { value: 'id', qualifier: 'shop' },
        email_address: 'mail2',
      },
    },
  ],
})
const header = 'id,name,born,mail,mail2'

test('one stream fills several objects; links find their rows by key', async () => {
  await arrive('people', 'upsert', header, 'a, ada ,1815-12-10,a@x.org,a@y.org\nb,,oops,,\n')
  const done = await refresh(people('people'), 'individual')
  expect(done).toMatchObject({ changed: true, rows: 2, added: 2, withoutId: 0 })
  expect(done.lost).toEqual([])
  await refresh(people('people'), 'contact_point_email')
  const rows = await engine.rows(sql`
    select e.email_address, i.first_name from ${modelTable('contact_point_email')} e
    left join ${modelTable('individual')} i on i._key = e.individual_id__key order by 1`)
  // The second address belongs to a key of another source, so it meets nobody here.
  expect(rows).toEqual([
    { email_address: 'a@x.org', first_name: 'ADA' },
    { email_address: 'a@y.org', first_name: null },
  ])
})

test('blank text is nothing, and what has no id is counted', async () => {
  await arrive('blank', 'upsert', header, 'a,  ,,,\n')
  const mapping: MappingDefinition = {
    stream: 'blank',
    qualifier: 'x',
    objects: [{ object: 'individual', fields: { id: "nullif(id, 'a')", first_name: 'name' } }],
  }
  expect(await refresh(mapping, 'individual')).toMatchObject({ withoutId: 1, added: 0 })
})

test('a value that does not fit its field is counted, with an example', async () => {
  await arrive('lost', 'upsert', header, 'a,x,"60,000 ",,\nb,y,5,,\n')
  const mapping: MappingDefinition = {
    stream: 'lost',
    qualifier: 'x',
    objects: [{ object: 'individual', fields: { id: 'id', yearly_income: 'born' } }],
  }
  expect((await refresh(mapping, 'individual')).lost).toEqual([
    {
      stream: 'lost',
      field: 'individual.yearly_income',
      type: 'decimal',
      how: 'left out',
      count: 1,
      example: '60,000 ',
    },
  ])
})

test('a decimal that loses digits is counted, with an example', async () => {
  const values = ['0.0000593', '1234.56789', '7.5', '60000', '-0.00004', '19.9900000']
  const lines = values.map((of, i) => `r${i},x,${of},,\n`).join('')
  await arrive('rounded', 'upsert', header, lines)
  const refreshed = async (yearly_income: string) => {
    const fields = { id: 'id', yearly_income }
    const mapping = {
      stream: 'rounded',
      qualifier: 'x',
      objects: [{ object: 'individual', fields }],
    }
    return (await refresh(mapping, 'individual', yearly_income)).lost
  }
  const rounded = {
    stream: 'rounded',
    field: 'individual.yearly_income',
    type: 'decimal',
    how: 'rounded',
    count: 3,
  }
  expect(await refreshed('born')).toEqual([{ ...rounded, example: '-0.00004' }])
  expect(await refreshed('cast(born as number) + 0.1 - 0.1')).toMatchObject([rounded])
})

test('nothing new changes nothing; another mapping makes it anew', async () => {
  await arrive('same', 'upsert', header, 'a,ada,,,\n')
  await refresh(people('same'), 'individual')
  expect(await refresh(people('same'), 'individual')).toMatchObject({ changed: false })
  expect(await refresh(people('same'), 'individual', 'v2')).toMatchObject({
    changed: true,
    removed: 1,
    added: 1,
  })
})

test('whose rows changed or went is marked in the same change; what comes later is left for later', async () => {
  await arrive('owned', 'upsert', header, 'a,ada,,,\nb,bob,,,\n')
  await refresh(people('owned'), 'individual')
  const mine = sql`_stream = 'owned'`
  await engine.change('owners', (writer) =>
    writer.run(sql`update ${modelTable('individual')}
      set _profile = case when id = 'a' then 7 else 8 end where ${mine}`),
  )
  const marks = async () => {
    const rows =
      await engine.rows(sql`select profile from ${touchedTable} where object = 'individual'
      and profile in (7, 8) order by 1`)
    return rows.map(({ profile }) => profile)
  }
  await arrive('owned', 'upsert', header, 'a,Ada,,,\nc,eve,,,\n')
  expect(await marks()).toEqual([])
  expect(await refresh(people('owned'), 'individual')).toMatchObject({ added: 2, removed: 1 })
  expect(await marks()).toEqual([7])
  await refresh(people('owned'), 'individual', 'v2')
  expect(await marks()).toEqual([7, 8])
})

test('after any sequence of batches, working on changes gives what mapping everything anew gives', async () => {
  const row = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    name: fc.constantFrom('', 'x', 'y'),
    mail: fc.constantFrom('', 'm@x.org'),
  })
  const batch = fc.record({
    mode: fc.constantFrom<Mode>('full', 'upsert'),
    rows: fc.uniqueArray(row, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
  })
  let n = 0
  const contents = (object: string) =>
    engine.rows(
      sql`select * exclude (_profile) from ${modelTable(object)} where _stream = ${{ kind: 'value', value: `delta_${n}`, type: 'text' }} order by all`,
    )
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const stream = `delta_${++n}`
      for (const { mode, rows } of batches) {
        await arrive(
          stream,
          mode,
          header,
          rows.map(({ id, name, mail }) => `${id},${name},,${mail},\n`).join(''),
        )
        for (const object of ['individual', 'contact_point_email'])
          await refresh(people(stream), object)
      }
      for (const object of ['individual', 'contact_point_email']) {
        const byChanges = await contents(object)
        await refresh(people(stream), object, `anew ${n}`)
        expect(byChanges).toEqual(await contents(object))
      }
    }),
    { numRuns: isLong ? 12 : 5 },
  )
})

const basket = (stream: string): MappingDefinition => ({
  stream,
  qualifier: 'shop',
  objects: [
    {
      object: 'sales_order_product',
      each: 'lines',
      where: "item <> 'null'",
      fields: {
        id: "concat(id, ':', item_number)",
        sales_order_id: 'id',
        product_id: "json_text(item, '$.sku')",
        line_number: 'item_number',
        ordered_quantity: "json_text(item, '$.n')",
      },
    },
    {
      object: 'sales_order_product',
      each: "json_text(item, '$.gifts')",
      where: 'item_number = 1',
      fields: { id: "concat(id, ':gift')", product_id: "json_text(item, '$')" },
    },
  ],
})

const basketRows = (stream: string) =>
  engine.rows(sql`select id, sales_order_id, product_id, line_number, ordered_quantity
    from ${modelTable('sales_order_product')} where _stream = ${value(stream)} order by id`)

const csv = (text: string) => `"${text.replaceAll('"', '""')}"`

test('one row for each item of a list, with its place; what is no list is its only item', async () => {
  const lists = [
    ['a', '[{"sku":"p1","n":2},null,{"sku":"p2","n":"many"}]', '{"gifts":["g1","g2"]}'],
    ['b', '{"sku":"p3"}', '[]'],
    ['c', '[]', '{"gifts":"g3"}'],
    ['d', '', ''],
    ['e', 'no list', 'no "JSON"'],
  ]
  // A field of the stream is hidden by the item in formulas over items, and only there.
  await arrive(
    'basket',
    'upsert',
    'id,lines,item',
    lists.map((row) => `${row.map(csv).join(',')}\n`).join(''),
  )
  const done = await refresh(basket('basket'), 'sales_order_product')
  expect(done.lost).toMatchObject([
    { field: 'sales_order_product.ordered_quantity', count: 1, example: 'many' },
  ])
  const none = { sales_order_id: null, line_number: null, ordered_quantity: null }
  expect(await basketRows('basket')).toEqual([
    { id: 'a:1', sales_order_id: 'a', product_id: 'p1', line_number: 1, ordered_quantity: 2 },
    { id: 'a:3', sales_order_id: 'a', product_id: 'p2', line_number: 3, ordered_quantity: null },
    { ...none, id: 'a:gift', product_id: 'g1' },
    { id: 'b:1', sales_order_id: 'b', product_id: 'p3', line_number: 1, ordered_quantity: null },
    { ...none, id: 'c:gift', product_id: 'g3' },
    { id: 'e:1', sales_order_id: 'e', product_id: null, line_number: 1, ordered_quantity: null },
  ])
})

test('rows of items follow their row, however it changes, as if all were made anew', async () => {
  const list = fc.array(fc.constantFrom('{"sku":"p1","n":1}', '{"sku":"p2"}', 'null', '"x"'), {
    maxLength: 3,
  })
  const row = fc.record({ id: fc.constantFrom('a', 'b', 'c'), lines: fc.option(list) })
  const batch = fc.record({
    mode: fc.constantFrom<Mode>('full', 'upsert'),
    rows: fc.uniqueArray(row, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
  })
  let n = 0
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const stream = `items_${++n}`
      const now = new Map<string, readonly string[]>()
      for (const { mode, rows } of batches) {
        const lines = rows.map(({ id, lines: of }) => `${id},${of ? csv(`[${of}]`) : ''},\n`)
        await arrive(stream, mode, 'id,lines,item', lines.join(''))
        if (mode === 'full') now.clear()
        for (const { id, lines: of } of rows) now.set(id, of ?? [])
        await refresh(basket(stream), 'sales_order_product')
      }
      const byChanges = await basketRows(stream)
      const byHand = [...now].flatMap(([id, of]) =>
        of.flatMap((item, i) => (item === 'null' ? [] : [`${id}:${i + 1}`])),
      )
      expect(byChanges.map(({ id }) => id)).toEqual(byHand.toSorted())
      await refresh(basket(stream), 'sales_order_product', `anew ${n}`)
      expect(await basketRows(stream)).toEqual(byChanges)
    }),
    { numRuns: isLong ? 10 : 5 },
  )
})

test('formulas over items are checked, and know the item nowhere else', () => {
  const fields: LakeField[] = [{ label: 'id', name: 'id', type: 'text' }]
  const target = { object: 'sales_order_product', fields: { id: 'id', line_number: 'item_number' } }
  const { problems } = compileMapping(
    {
      stream: 's',
      qualifier: 'q',
      objects: [
        target,
        { ...target, each: 'line', fields: { id: 'itm' } },
        { ...target, each: 'item', where: "json_text(item, '$.a') = 'b'" },
      ],
    },
    model,
    { fields, lookups: {} },
  )
  expect(problems.map(({ code, at }) => `${code} ${at.replace(/\.line .*/, '')}`)).toEqual([
    'query.unknown_column objects[0].fields.line_number',
    'query.unknown_column objects[1].each',
    'query.unknown_column objects[1].fields.id',
    'query.unknown_column objects[2].each',
  ])
})

test('everything that is wrong with a mapping is told at once, each with its place', () => {
  const fields: LakeField[] = [{ label: 'id', name: 'id', type: 'text' }]
  const { problems } = compileMapping(
    {
      stream: 's',
      qualifier: 'q',
      objects: [
        { object: 'individul', fields: { id: 'id' } },
        {
          object: 'individual',
          fields: {
            frist_name: 'id',
            last_name: 'upper(nme)',
            city: { value: 'id', qualifier: 'x' },
          },
        },
      ],
    },
    model,
    { fields, lookups: {} },
  )
  expect(problems.map(({ code, at }) => `${code} ${at.replace(/\.line.*/, '')}`)).toEqual([
    'model.unknown_object objects[0].object',
    'mappings.no_id objects[1].fields',
    'model.unknown_field objects[1].fields.frist_name',
    'query.unknown_column objects[1].fields.last_name',
    'mappings.not_a_link objects[1].fields.city',
  ])
})

test('what is no object any more goes with its rows and with how far it was mapped', async () => {
  const bicycle = {
    label: 'Bicycle',
    subject_area: 'product',
    category: 'other' as const,
    fields: { id: { type: 'text' as const } },
  }
  const own = modelOf([{ key: 'bicycle', body: bicycle }])
  await arrive('bicycles', 'full', 'id', '1\n')
  const objects = [{ object: 'bicycle', fields: { id: 'id' } }]
  const { targets } = compileMapping({ stream: 'bicycles', qualifier: 'shop', objects }, own, {
    fields: await fieldsOf(engine, 'bicycles'),
    lookups: {},
  })
  const unit = { stream: 'bicycles', source: 'shop', space: 'default', fingerprint: 'v1', targets }
  const done = await refreshObject(engine, own.get('bicycle'), [unit], signal)
  expect(done.rows).toBe(1)
  const names = async () => (await engine.tables('model')).map(({ name }) => name)
  await prepareModel(engine, own)
  expect(await names()).toContain('bicycle')
  await prepareModel(engine, model)
  expect(await names()).not.toContain('bicycle')
  expect((await unitStates(engine)).has('bicycle')).toBe(false)
  // Defined again, it is filled from the beginning.
  const again = await refreshObject(engine, own.get('bicycle'), [unit], signal)
  expect(again).toMatchObject({ rows: 1, added: 1 })
})
