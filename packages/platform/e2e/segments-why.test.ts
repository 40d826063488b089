import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateCompany } from '#example'
import { type Commands, commandsOn } from './commands.ts'
import { examples, makeWorld, onlyAsked, type Server, type World } from './world.ts'

// Why somebody is in a segment, who was, what segments share, and the rows behind a number, on the invented company.

let world: World
let server: Server
let cli: Commands

interface Node {
  readonly kind: string
  readonly says: string
  readonly holds: boolean
  readonly value?: number
  readonly flips_at?: string
  readonly evidence?: readonly { readonly stream: string; readonly id: string }[]
  readonly parts?: readonly Node[]
}

interface Why {
  readonly member: boolean
  readonly published: { readonly member: boolean }
  readonly include: Node
  readonly flips_at?: string
}

interface Overlap {
  readonly regions: readonly { readonly sets: readonly number[]; readonly all: number }[]
}

interface Members {
  readonly members: readonly { readonly profile: string; readonly entered_at: string }[]
  readonly total: number
}

beforeAll(async () => {
  world = makeWorld(onlyAsked)
  await generateCompany({ folder: world.folder, people: 300, asOf: new Date() })
  cpSync(join(examples, 'bicycle-maker'), join(world.folder, 'definitions'), { recursive: true })
  // Nobody listens where its members would be sent.
  rmSync(join(world.folder, 'definitions/6-activations.yaml'))
  server = await world.serve()
  cli = commandsOn(server, world)
  await cli.tessera('apply')
  await cli.json('run')
}, 180_000)

afterAll(() => world.remove())

test('why, members of a moment, changes, overlaps and rows, over HTTP and on the command line', async () => {
  const { call } = server
  // The answers of endpoints are looked at by what is expected of them.
  const ask = async <T>(path: string) => (await call('GET', path)) as T
  const byHand = async (sql: string) =>
    ((await call('POST', '/query', { sql })) as { rows: readonly Record<string, unknown>[] }).rows
  const lapsed = '/segments/lapsed_buyers'
  const { members, total } = await ask<Members>(`${lapsed}/members?limit=1000`)
  const [{ profile = '', entered_at: entered = '' } = {}] = members
  const [orders] = await byHand(
    `select count(*) as n, max(purchased_at) as newest from sales_order where profile_id = ${profile}`,
  )

  const told = await ask<Why>(`${lapsed}/why/${profile}`)
  expect(told).toMatchObject({ member: true, published: { member: true } })
  const [bought, recent] = told.include.parts ?? []
  expect(bought).toMatchObject({ kind: 'insight', holds: true, value: orders?.['n'] })
  expect(recent).toMatchObject({ kind: 'related', holds: true, value: 0 })
  expect(recent?.evidence?.[0]).toMatchObject({
    object: 'sales_order',
    counts: false,
    fields: { purchased_at: orders?.['newest'] },
  })
  const printed = await cli.tessera('why', 'lapsed_buyers', profile)
  expect(printed).toContain(`${profile} is in "lapsed_buyers" by its definition now`)
  expect(printed).toMatch(
    /└─ ✓ number of rows of sales order where purchased at lies in the last 365 days is 0/,
  )

  const at = (moment: string) => ask<Members>(`${lapsed}/members?at=${moment}`)
  expect((await at(new Date(Date.parse(entered) - 1).toISOString())).total).toBe(0)
  expect((await at(entered)).total).toBe(total)
  expect((await ask<Members>(`${lapsed}/changes`)).total).toBe(total)
  expect(await ask(`${lapsed}/sizes?per=day`)).toMatchObject([{ members: total, entered: total }])

  const overlap = await cli.json<Overlap>('segment-overlap', 'german_speakers', 'lapsed_buyers')
  const [both] = await byHand(
    `select count(*) as n from segment_member g join segment_member l on l.profile_id = g.profile_id
        where g.segment = 'german_speakers' and l.segment = 'lapsed_buyers'`,
  )
  expect(overlap.regions.find(({ sets }) => sets.length === 2)?.all ?? 0).toBe(both?.['n'])

  const of = { dimensions: { profile_id: profile }, measure: 'orders' }
  // The endpoint answers with this shape.
  const behind = (await call('POST', '/insights/lifetime_spend/rows', of)) as {
    readonly kept: { readonly orders: number }
    readonly total: number
  }
  expect(behind.total).toBe(behind.kept.orders)
}, 180_000)
