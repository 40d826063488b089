import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFiles } from '#definitions'
import { memoryEngine } from '#engine/testing'
import { read } from '#kernel/read.ts'
import { type ModelObjectDefinition, modelObjectSchema, modelOf, shapeModelTable } from '#model'
import { rollupQuestion } from './api.ts'
import { insightSchema } from './definition.ts'
import { makeInsights, prepareInsights } from './index.ts'
import { behindBody } from './rows-api.ts'
import {
  accountRelation,
  fillTenant,
  setAccounts,
  setRows,
  tenantModel,
  tenantRelations,
} from './testing/index.ts'

const file = join(import.meta.dirname, '../../../../../docs/guides/insights.md')
const guide = readFileSync(file, 'utf8')
const { documents } = readFiles(
  [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => ({ file, text })),
)

test('the insights that the guide shows can be computed and asked as it says', async () => {
  const engine = await memoryEngine()
  await prepareInsights(engine)
  await fillTenant(engine)
  for (const object of ['product', 'sales_order_product', 'website_engagement'])
    await setRows(engine, object, [])
  await setAccounts(engine, [])
  const custom = documents
    .filter(({ kind }) => kind === 'model_object')
    .map(({ key, body }) => ({ key, body: read(modelObjectSchema, body) as ModelObjectDefinition }))
  const model = modelOf(custom)
  const rates = model.get('exchange_rate')
  await engine.change('rates', (writer) => shapeModelTable(writer, rates, []))
  const columns = Object.entries(rates.fields).map(([name, { type }]) => ({ name, type }))
  const relations = [
    ...tenantRelations,
    accountRelation,
    {
      name: rates.key,
      table: { kind: 'table', schema: 'model', name: rates.key },
      columns,
    } as const,
  ]
  expect(tenantModel.find('exchange_rate')).toBeUndefined()
  const insights = documents
    .filter(({ kind }) => kind === 'insight')
    .map(({ key, body }) => ({ key, body: read(insightSchema, body) }))
  const room = makeInsights({ engine, known: async () => ({ insights, relations, model }) })
  for (const { key } of insights) await room.refresh(key)
  expect(insights).toHaveLength(8)
  expect(await room.rows('spend_by_country', 9)).toContainEqual({
    profile_country: 'France',
    people: 1,
    total: 420.5,
    best: 420.5,
  })
  const questions = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  const [question = '{}', behind = '{}'] = questions
  const asked = read(rollupQuestion, JSON.parse(question))
  const { rows } = await room.query('spend_by_month', asked)
  expect(rows).toEqual([
    { month: '2024-01-01', orders: 1, total: 1000 },
    { month: '2025-01-01', orders: 1, total: 300 },
    { month: '2026-01-01', orders: 4, total: 175.75 },
  ])
  const told = await room.rowsBehind('spend_by_month', read(behindBody, JSON.parse(behind)))
  expect(told).toMatchObject({ kept: { orders: 1, total: 100.5 }, total: 1 })
  expect(told.rows).toMatchObject([{ id: 'o1', value: 100.5 }])
  expect((await room.list()).filter(({ stale }) => stale)).toEqual([])
})
