import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateCompany } from '#example'
import { type Commands, commandsOn } from './commands.ts'
import type { Row } from './duck.ts'
import { examples, makeWorld, onlyAsked, type Server, type World } from './world.ts'

// Who is who, put right by hand: taken apart, brought back, and what guards hold back.

let world: World
let server: Server
let cli: Commands

beforeAll(async () => {
  world = makeWorld(onlyAsked)
  await generateCompany({ folder: world.folder, people: 300, asOf: new Date() })
  cpSync(join(examples, 'bicycle-maker'), join(world.folder, 'definitions'), { recursive: true })
  await world.feed('x', 'secret-set', 'shop_webhook')
  server = await world.serve()
  cli = commandsOn(server, world)
  await cli.tessera('apply')
  await cli.json('run')
}, 180_000)
afterAll(() => world.remove())

const ask = async (sql: string): Promise<readonly Row[]> =>
  (await cli.json<{ rows: readonly Row[] }>('query', sql)).rows
const profiles = async () =>
  Number((await ask('select count(*) as n from unified_individual'))[0]?.['n'])

interface Who {
  readonly profile: { readonly sources: readonly { stream: string; id: string }[] }
}

test('a record is taken out of its profile, and comes back when that is withdrawn', async () => {
  const before = await profiles()
  const [pair] = await ask(`select profile_id from unified_individual where record_count = 2
    order by profile_id limit 1`)
  const who = await cli.json<Who>('profile', String(pair?.['profile_id']))
  const [, { stream, id } = { stream: '', id: '' }] = who.profile.sources
  const why = ['--why', 'two people at one address']
  const told = await cli.tessera('identity-unlink', 'people', `${stream}:${id}`, ...why)
  expect(told).toMatch(/1 .* are not one .*two people at one address/)
  expect(await cli.tessera('status')).toContain(
    'unified:individual: decisions were taken or withdrawn',
  )
  await cli.json('run')
  expect(await profiles()).toBe(before + 1)
  await cli.tessera('identity-decisions', 'people', '--withdraw', '1', '--why', 'an error')
  await cli.json('run')
  expect(await profiles()).toBe(before)
  expect(await cli.tessera('identity-decisions', 'people')).toContain('an error')
}, 120_000)

test('a run of all records is asked for, and what happened is followed', async () => {
  const full = await cli.tessera('identity-run', 'people', '--full')
  expect(full).toMatch(/full \(asked for\)[\s\S]*looked at ([0-9,]+) of \1 records[\s\S]*; nothing/)
  expect(await cli.tessera('identity-run', 'people')).toMatch(
    /incremental \(changed records: 0\)[\s\S]*looked at 0 of/,
  )
  const told = await cli.tessera('identity-changes', '--limit', '5')
  expect(told).toContain('kept_apart')
  expect(told).toContain('withdrawn')
  const after = told.split('--after ')[1]?.trim() ?? ''
  const next = await cli.json<{ events: readonly { kind: string }[] }>(
    ...['identity-changes', '--after', after, '--limit', '3'],
  )
  expect(next.events.map(({ kind }) => kind)).toEqual(['created', 'created', 'created'])
}, 120_000)

test('what a guard holds back is listed, explained and settled', async () => {
  const file = 'definitions/3-identity.yaml'
  const rules = readFileSync(join(world.folder, file), 'utf8')
  world.write(file, rules.replace(/^reconcile:/m, 'limits: { records_per_profile: 2 }\nreconcile:'))
  await cli.tessera('apply')
  await cli.json('run')
  const { call } = server
  const review = await call('GET', '/identity/people/review?limit=1')
  expect(review).toMatchObject({ items: [{ reason: 'too_many_records' }] })
  // The endpoint answers with this shape.
  const { items } = review as {
    items: readonly {
      left: { profile: string }
      right: { profile: string }
      examples: readonly { left: { record: string }; right: { record: string } }[]
    }[]
  }
  const [item] = items
  const [left, right] = [item?.left.profile ?? '', item?.right.profile ?? '']
  const graph = await call('GET', `/identity/people/profiles/${left}/graph`)
  expect(graph).toMatchObject({
    profile: left,
    refused: expect.arrayContaining([expect.objectContaining({ reason: 'too_many_records' })]),
  })
  const example = item?.examples[0]
  const ends = `left=${example?.left.record}&right=${example?.right.record}`
  expect(await call('GET', `/identity/people/explain?${ends}`)).toMatchObject({
    same_profile: false,
    refused: expect.arrayContaining([expect.objectContaining({ reason: 'too_many_records' })]),
  })
  const body = { decide: 'keep_apart', pairs: [{ left, right }], why: 'twins' }
  expect(await call('POST', '/identity/people/review/settle', body)).toContainEqual(
    expect.objectContaining({ kind: 'cannot_link', why: 'twins' }),
  )
  expect(await call('GET', '/audit?limit=1')).toMatchObject([
    { verb: 'identity.cannot_link', subject: 'ruleset:people' },
  ])
}, 120_000)

test('accounts are unified as people are, and can be asked for', async () => {
  const [{ accounts } = {}] = await ask('select count(*) as accounts from account')
  world.write(
    'definitions/9-accounts.yaml',
    `kind: ruleset
key: firms
on: account
match:
  - key: name
    all: [{ object: account, field: name, by: normalised }]
reconcile: { default: last_updated }
---
kind: insight
key: firms_by_size
label: Firms by size
sql: select record_count as size, count(*) as firms from unified_account group by 1
dimensions: [size]
`,
  )
  await cli.tessera('apply')
  await cli.json('run')
  const sizes = 'select sum(size * firms) as records from firms_by_size'
  expect(Number((await ask(sizes))[0]?.['records'])).toBe(Number(accounts))
  const [unified] = await ask(
    'select sum(record_count) as records, count(name) as named from unified_account',
  )
  expect(Number(unified?.['records'])).toBe(Number(accounts))
  expect(Number(unified?.['named'])).toBeGreaterThan(0)
}, 120_000)
