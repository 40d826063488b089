import { expect, test } from 'vitest'
import { memoryStore, schemaOf } from '#store/testing'
import { allMigrations } from '../src/tessera.ts'
import { worldOfTest } from './world.ts'

// What others build on: the tables of the store and the endpoints. A difference here is a change that someone notices.

test('the tables of the store', async () => {
  const store = await memoryStore(allMigrations)
  await expect(await schemaOf(store)).toMatchFileSnapshot('goldens/schema.sql')
  await store.close()
})

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
}

test('the endpoints', async () => {
  const world = worldOfTest()
  const server = await world.serve()
  const { paths } = (await (await fetch(`${server.address}/docs/json`)).json()) as {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  }
  const lines = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, { summary = '' }]) => `${method.toUpperCase().padEnd(6)} ${path}  ${summary}`,
    ),
  )
  expect(lines.length).toBeGreaterThan(50)
  await expect(`${lines.sort().join('\n')}\n`).toMatchFileSnapshot('goldens/openapi.txt')
})
