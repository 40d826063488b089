import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readFiles } from '#definitions'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { read } from '#kernel/read.ts'
import { problemsOfSegment } from './check-segment.ts'
import { compile } from './compile.ts'
import { membershipOf, type Segment, segmentSchema } from './definition.ts'
import { settle } from './parameters.ts'
import { subjectsOf } from './subjects.ts'
import {
  segmentTenant,
  setRows,
  tenantGround,
  tenantInsights,
  tenantModel,
  tenantRelations,
} from './testing/index.ts'

const guide = readFileSync(
  new URL('../../../../../docs/guides/segments.md', import.meta.url),
  'utf8',
)
const files = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => ({
  file: 'segments.md',
  text,
}))
const { documents } = readFiles(files)
const segments: readonly Segment[] = documents.map(({ key, body }) => ({
  key,
  body: read(segmentSchema, body),
}))
const engine = await memoryEngine()
await segmentTenant(engine)
for (const object of ['product', 'sales_order_product', 'case']) await setRows(engine, object, [])
const ground = tenantGround(new Date('2026-02-16T12:00:00Z'))

test('the guide shows every kind of segment', () => {
  expect(segments.length).toBeGreaterThan(8)
  expect(segments.some(({ body }) => 'sql' in body)).toBe(true)
  expect(segments.some(({ body }) => 'waterfall' in body)).toBe(true)
})

test.each(segments.map((one) => [one.key, one] as const))('%s of the guide runs', async (_, of) => {
  const { on } = of.body
  const subjects = subjectsOf({ model: tenantModel, insights: tenantInsights, segments, on })
  expect(problemsOfSegment(of, { subjects, relations: tenantRelations })).toEqual([])
  const membership = membershipOf(of.body)
  const given = of.key === 'of_a_city' ? { city: 'Paris' } : {}
  const { parameters: __, ...settled } = settle(
    membership ?? { include: { all: [] } },
    given,
  ).membership
  const there = { ...ground, subjects, relations: tenantRelations }
  const who = compile(membership ? settled : of.body, there)
  await expect(engine.rows(sql`select count(*) as n from (${who}) who`)).resolves.toHaveLength(1)
})
