import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { problemsOf } from '#kernel/read.ts'
import { memoryStore } from '#store/testing'
import { reachedQuery } from './api.ts'
import type { ActivationBody } from './definition.ts'
import { defineDestination } from './destination.ts'
import { fileDefinition } from './destinations/file/definition.ts'
import { activationMigrations } from './records.ts'
import { activationsOver, definitionsOf } from './testing/house.ts'
import { addPeople, enter, leave, makeTables, profileId } from './testing/world.ts'

const engine = await memoryEngine()
await makeTables(engine)
await addPeople(engine, 1, 9)

const quiet = defineDestination({
  ...fileDefinition,
  batchSize: () => 100,
  deliver: async (batch) => {
    for await (const _ of batch.rows());
    return { result: 'sent' }
  },
  test: () => {
    throw new Error('nobody tests it')
  },
})

const one: ActivationBody = {
  segment: 'reached',
  destination: 'there',
  attributes: [{ as: 'mail', contact_point: 'email', required: true }],
  filter: "coalesce(first_name, '') <> 'name 3'",
  send: 'changes',
}
const there = { type: 'file', settings: { folder: 'x', format: 'csv' } } as const
const { refresh, people } = activationsOver(
  {
    engine,
    store: await memoryStore({ activation: activationMigrations }),
    outgoing: { send: () => Promise.reject(new Error('no')) },
    catalogue: () => definitionsOf({ destinations: { there }, activations: { one } }),
  },
  { destinations: [quiet] },
)
const cut = () => refresh('one', AbortSignal.timeout(10_000))
const id = (n: number) => String(profileId(n))

test('everybody is told with what became of them, and nobody before the first cut', async () => {
  expect(await people('one', { limit: 10 })).toEqual({ people: [], sent: 0, held: {} })
  await enter(engine, 'reached', [1, 2, 3, 4, 50, 51])
  await cut()
  const held = { 'blocked by the filter': 1, 'no contact point': 2 }
  expect(await people('one', { limit: 10 })).toEqual({
    people: [
      { profile: id(1), name: 'name 1', reason: null },
      { profile: id(2), name: 'name 2', reason: null },
      { profile: id(3), name: 'name 3', reason: 'blocked by the filter' },
      { profile: id(4), name: 'name 4', reason: null },
      { profile: id(50), reason: 'no contact point' },
      { profile: id(51), reason: 'no contact point' },
    ],
    sent: 3,
    held,
  })
})

test('pages, states and reasons narrow them; the counts stay those of all', async () => {
  const all = { sent: 3, held: { 'blocked by the filter': 1, 'no contact point': 2 } }
  const profiles = async (asked: Parameters<typeof people>[1]) => {
    const { people: found, next, ...counts } = await people('one', asked)
    expect(counts).toEqual(all)
    return { found: found.map(({ profile }) => profile), next }
  }
  expect(await profiles({ limit: 2 })).toEqual({ found: [id(1), id(2)], next: id(2) })
  const second = await profiles({ limit: 2, after: profileId(2) })
  expect(second).toEqual({ found: [id(3), id(4)], next: id(4) })
  expect(await profiles({ limit: 2, state: 'sent', after: profileId(2) })).toEqual({
    found: [id(4)],
    next: undefined,
  })
  expect((await profiles({ limit: 9, state: 'held' })).found).toEqual([id(3), id(50), id(51)])
  const filtered = await profiles({ limit: 9, reason: 'blocked by the filter' })
  expect(filtered.found).toEqual([id(3)])
})

test('of one person is told whether they were sent, and of who left nothing any more', async () => {
  const of = async (n: number) => (await people('one', { limit: 1, profile: profileId(n) })).people
  expect(await of(1)).toMatchObject([{ reason: null }])
  expect(await of(50)).toMatchObject([{ reason: 'no contact point' }])
  await leave(engine, 'reached', [1, 50])
  await cut()
  expect([await of(1), await of(50)]).toEqual([[], []])
  await expect(people('two', { limit: 1 })).rejects.toMatchObject({
    code: 'activation.unknown_activation',
  })
})

test('an id that no profile can have is refused', () => {
  const [profile, after] = ['9999999999999999999', '9999999999999999999']
  const places = problemsOf(reachedQuery, { profile, after }).map(({ at }) => at)
  expect(places).toEqual(['profile', 'after'])
})
