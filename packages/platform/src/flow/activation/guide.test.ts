import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { catalogueOf, type Definition, defineKind, type Kind } from '#definitions'
import { trial } from '#definitions/testing'
import { memoryEngine } from '#engine/testing'
import { anything, record } from '#kernel/read.ts'
import { segmentSchema } from '#segments/definition'
import { memoryStore } from '#store/testing'
import { activationKinds } from './kinds.ts'
import { activationMigrations } from './records.ts'
import { activationsOver, knownAround, nowhere } from './testing/house.ts'
import { addPeople, enter, giveOrders, makeTables, profileId } from './testing/world.ts'

const guide = readFileSync(
  join(import.meta.dirname, '../../../../../docs/guides/activation.md'),
  'utf8',
)
const documents = [...guide.matchAll(/```yml\n([\s\S]*?)```/g)].map(([, text = '']) => text)
const written = documents.join('---\n')

const others: readonly Kind[] = [
  defineKind({ kind: 'insight', label: 'Insight', schema: record(anything()) }),
  defineKind({ kind: 'segment', label: 'Segment', schema: segmentSchema }),
]

test('the examples of the guide are sound', () => {
  const kinds = [...others, ...activationKinds(knownAround)]
  const insight = 'kind: insight\nkey: lifetime_value\nsql: select 1\n---\n'
  const { plan } = trial(kinds, insight + written)
  expect(plan.problems).toEqual([])
  expect(documents).toHaveLength(3)
})

test('the list of the guide is written as it says', async () => {
  const definitions = written
    .split('---\n')
    .map((text) => parse(text) as { kind: string; key: string })
    .map(({ kind, key, ...body }): Definition => ({ kind, key, body }))
  const catalogue = catalogueOf(definitions)
  const engine = await memoryEngine()
  await makeTables(engine)
  await addPeople(engine, 1, 3)
  await giveOrders(engine, 1, 5)
  await enter(engine, 'regulars', [1, 2, 99])
  const store = await memoryStore({ activation: activationMigrations })
  const base = mkdtempSync(join(tmpdir(), 'tessera-guide-'))
  const { refresh, work, get } = activationsOver(
    { engine, store, outgoing: nowhere, catalogue: () => catalogue },
    { folders: { base, allowed: [] } },
  )
  onTestFinished(async () => {
    await work.stop()
    await store.close()
    rmSync(base, { recursive: true })
  })
  await refresh('regulars_to_lists', AbortSignal.timeout(40_000))
  await work.drain(AbortSignal.timeout(40_000))
  const [name = ''] = readdirSync(join(base, 'lists')).filter((one) => one.endsWith('.csv.gz'))
  expect(name).toMatch(/^regulars-\d{4}-\d\d-\d\d-regulars_to_lists-\d+\.csv\.gz$/)
  expect(gunzipSync(readFileSync(join(base, 'lists', name))).toString()).toBe(
    [
      'profile_id,First name,Shout,Email,Worth,Last orders',
      `${profileId(1)},name 1,NAME 1,1@crm.test,1,"[{""number"":""A5"",""total"":50},{""number"":""A4"",""total"":40},{""number"":""A3"",""total"":30}]"`,
      `${profileId(2)},name 2,NAME 2,2@crm.test,2,[]`,
      '',
    ].join('\r\n'),
  )
  expect((await get('regulars_to_lists')).ledger).toMatchObject({
    members: 3,
    delivered: 2,
    filtered: { 'no contact point': 1 },
  })
})
