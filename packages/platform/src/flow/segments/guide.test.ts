import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readFiles } from '#definitions'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { read } from '#kernel/read.ts'
import { memoryStore } from '#store/testing'
import { problemsOfSegment } from './check-segment.ts'
import { compile } from './compile.ts'
import { membershipOf, type Segment, segmentSchema } from './definition.ts'
import { overlapBody } from './overlap-api.ts'
import { settle } from './parameters.ts'
import { segmentMigrations } from './records.ts'
import { makeSegments } from './segments.ts'
import { subjectsOf } from './subjects.ts'
import {
  segmentTenant,
  setRows,
  tenantGround,
  tenantInsights,
  tenantModel,
  tenantRelations,
} from './testing/index.ts'
import { whyBody } from './why-api.ts'

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
for (const object of [
  'product',
  'sales_order_product',
  'case',
  'individual',
  'household',
  'prediction',
])
  await setRows(engine, object, [])
const ground = tenantGround(new Date('2026-02-16T12:00:00Z'))

test('the guide shows every kind of segment', () => {
  expect(segments.length).toBeGreaterThan(8)
  expect(segments.some(({ body }) => 'sql' in body)).toBe(true)
  expect(segments.some(({ body }) => 'waterfall' in body)).toBe(true)
})

const [why, overlap] = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) =>
  JSON.parse(text),
)

test('the questions of the guide are answered', async () => {
  const room = makeSegments({
    engine,
    store: await memoryStore({ segments: segmentMigrations }),
    clock: stoppedClock(ground.now),
    known: async () => ({ model: tenantModel, insights: tenantInsights, segments }),
  })
  const told = await room.whyOf(read(whyBody, why))
  expect(told).toMatchObject({ member: true, flips_at: '2026-03-12T09:00:00.001Z' })
  expect(told.include.parts?.[1]).toMatchObject({ value: 1, evidence: [{ id: 'o2' }] })
  expect((await room.overlap(read(overlapBody, overlap))).regions).toEqual([
    { sets: [1], only: 1, all: 4 },
    { sets: [0, 1], only: 1, all: 2 },
    { sets: [1, 2], only: 1, all: 2 },
    { sets: [0, 1, 2], only: 1, all: 1 },
  ])
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
