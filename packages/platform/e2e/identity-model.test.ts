import { afterAll, beforeAll, expect, test } from 'vitest'
import { madeRecords } from '#identity/testing'
import { type Commands, commandsOn } from './commands.ts'
import type { Row } from './duck.ts'
import { peopleModel, sourcesOfPeople, writePeople } from './made-people.ts'
import { makeWorld, onlyAsked, type Server, type World } from './world.ts'

// Who is who by a model that nobody wrote: trained, refreshed, explained, measured, and put right by hand.

const records = madeRecords(300, 42)

const ruleset = `kind: ruleset
key: people
on: individual
model: { use: people_model, at_least: 0.9 }
reconcile: { default: last_updated }
`

let world: World
let server: Server
let cli: Commands

beforeAll(async () => {
  world = makeWorld(onlyAsked)
  writePeople(world, records)
  world.write('definitions/1-sources.yaml', sourcesOfPeople)
  world.write('definitions/2-model.yaml', peopleModel)
  server = await world.serve()
  cli = commandsOn(server, world)
  await cli.tessera('apply')
  await cli.json('run')
}, 120_000)
afterAll(() => world?.remove())

test('a ruleset waits for its model to learn; then who is who is found, and told why', async () => {
  expect(await cli.tessera('identity-propose', 'people_model')).toMatch(
    /email_address +email +\d+ % +\d+/,
  )
  world.write('definitions/3-identity.yaml', ruleset)
  await cli.tessera('apply')
  const early = await cli.attempt(['run'])
  expect(early.code).not.toBe(0)
  expect(early.stdout).toContain('has not learned yet')
  const shown = await cli.tessera('identity-train', 'people_model')
  expect(shown).toMatch(/people_model learned at .* from \d+ records/)
  expect(shown).toMatch(/last_name +exact +0\.\d+ +0\.\d+ +\d+\.\d+/)
  expect(await cli.tessera('identity-model', 'people_model')).toBe(shown)
  await cli.json('run')
  const twice = records.find(({ id }) => id.endsWith('b'))
  const ends = `left=people:${twice?.entity.slice(1)}a&right=people:${twice?.id}`
  const told = await server.call('GET', `/identity/people/explain?${ends}`)
  expect(told).toMatchObject({
    same_profile: true,
    path: [{ rule: 'model people_model', label: 'Alike people' }],
    model: { model: 'people_model', at_least: 0.9 },
  })
  // The endpoint answers with this shape.
  const { model } = told as { model: { falls: readonly Row[] } }
  expect(model.falls.length).toBeGreaterThan(4)
}, 120_000)

test('it is measured at every threshold, and the profiles as they are', async () => {
  const truth = { stream: 'truth', source: 'source', record: 'record', entity: 'person' }
  const measured = await server.call('POST', '/identity/people/measure/thresholds', { truth })
  expect(measured).toMatchObject({ records: records.length, unlinkable: { share: 0 } })
  // The endpoint answers with this shape.
  const { pairs } = measured as { pairs: { best: { f1: number; b_cubed: { f1: number } } } }
  expect(pairs.best.f1).toBeGreaterThan(0.95)
  expect(pairs.best.b_cubed.f1).toBeGreaterThan(0.95)
  const published = await server.call('POST', '/identity/people/measure', truth)
  expect((published as { pairs: { f1: number } }).pairs.f1).toBeGreaterThan(0.95)
  const sizes = await server.call('GET', '/identity/people/sizes')
  expect(sizes).toMatchObject({ records: records.length })
  expect(await server.call('GET', '/identity/models')).toMatchObject([
    { model: 'people_model', used_by: ['people'], doubts: [] },
  ])
  expect(await server.call('GET', '/identity/people')).toMatchObject({
    last_run: { rules: [{ rule: 'model people_model', at_least: 0.9 }] },
  })
}, 120_000)

test('another threshold is tried without publishing; a file with other rules too', async () => {
  const tried = await cli.json<{ at_least: number; joins: { pairs: number }; after: Row }>(
    'identity-simulate',
    'people',
    '--at-least',
    '0.5',
  )
  expect(tried).toMatchObject({ at_least: 0.5, changes: expect.any(Boolean), segments: [] })
  const email = `  - key: email
    all: [{ object: contact_point_email, field: email_address, by: normalised }]`
  const rules = ruleset.replace(/^model:.*$/m, `match:\n${email}`)
  const file = world.write('tried.yaml', rules)
  const shown = await cli.tessera('identity-simulate', 'people', '--file', file)
  expect(shown).toMatch(/people; nothing was published/)
  expect(shown).toMatch(/\d+ profiles? would fall apart\n {2}\d+ into 2, without: Alike people/)
  expect(await cli.json('identity-simulate', 'people')).toMatchObject({ changes: false })
}, 120_000)

test('what people decide stands against a model, and comes back when it is withdrawn', async () => {
  const count = async () => {
    const sql = 'select count(*) as n from unified_individual'
    return Number((await cli.json<{ rows: readonly Row[] }>('query', sql)).rows[0]?.['n'])
  }
  const before = await count()
  const twice = records.find(({ id }) => id.endsWith('b'))
  const why = ['--why', 'twins']
  await cli.tessera('identity-unlink', 'people', `people:${twice?.id}`, ...why)
  await cli.json('run')
  expect(await count()).toBe(before + 1)
  await cli.tessera('identity-decisions', 'people', '--withdraw', '1', ...why)
  await cli.json('run')
  expect(await count()).toBe(before)
}, 120_000)

test('applying the files again takes nothing away that was learned', async () => {
  await cli.tessera('apply')
  expect(await cli.tessera('run')).not.toContain('failed')
  const shown = await cli.tessera('identity-model', 'people_model')
  expect(shown).toMatch(/people_model learned at/)
}, 60_000)
