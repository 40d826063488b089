import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateCompany } from '#example'
import { type Commands, commandsOn } from './commands.ts'
import { examples, makeWorld, onlyAsked, type World } from './world.ts'

// Insights on the invented company, from the command line as its people would add them.

let world: World
let cli: Commands

const byMonth = `kind: insight
key: spend_by_month
label: Spend by month
build:
  from: sales_order
  dimensions:
    - profile_id
    - { name: month, of: purchased_at, by: month }
  measures:
    - { name: orders, how: count }
    - { name: total, how: sum, of: grand_total_amount }
`

interface RunAnswer {
  readonly failed: number
}

interface Listed {
  readonly insights: readonly {
    readonly key: string
    readonly rows: number
    readonly lastRun: { readonly how: string; readonly why?: string; readonly groups?: number }
    readonly stale?: unknown
  }[]
}

interface Row {
  readonly profile_id: string
  readonly month: string
  readonly orders: number
  readonly total: number
}

const listed = async (key: string) =>
  (await cli.json<Listed>('insights')).insights.find((one) => one.key === key)
const total = async (from: string) =>
  (await cli.json<{ rows: readonly unknown[] }>('query', `select ${from}`)).rows

beforeAll(async () => {
  world = makeWorld(onlyAsked)
  await generateCompany({ folder: world.folder, people: 300, asOf: new Date() })
  cpSync(join(examples, 'bicycle-maker'), join(world.folder, 'definitions'), { recursive: true })
  // Nobody listens where its members would be sent.
  rmSync(join(world.folder, 'definitions/6-activations.yaml'))
  world.write('definitions/by-month.yaml', byMonth)
  cli = commandsOn(await world.serve(), world)
  await cli.tessera('apply')
  await cli.json<RunAnswer>('run')
}, 180_000)

afterAll(() => world.remove())

const same = async () => {
  const [ours] = await total('sum(orders) as n, sum(total) as total from spend_by_month')
  const [byHand] = await total('count(*) as n, sum(grand_total_amount) as total from sales_order')
  expect(ours).toEqual(byHand)
}

test('after more orders all is computed, as there are few, and says so', async () => {
  expect(await listed('spend_by_month')).toMatchObject({ lastRun: { how: 'full' } })
  await same()
  const file = join(world.folder, 'shop/orders.ndjson.gz')
  const text = gunzipSync(readFileSync(file)).toString()
  const last = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '{}')
  writeFileSync(
    file,
    gzipSync(`${text.trimEnd()}\n${JSON.stringify({ ...last, id: 'one-more' })}\n`),
  )
  await cli.json<RunAnswer>('run')
  expect(await listed('spend_by_month')).toMatchObject({
    lastRun: { how: 'full', why: expect.stringMatching(/^all \d+ rows are computed sooner/) },
  })
  await same()
}, 180_000)

test('the rows behind a number are told on the command line, and add up to it', async () => {
  const [first] = await cli.json<readonly Row[]>('insight-rows', 'spend_by_month')
  const month = `month=${first?.month}`
  const of = ['spend_by_month', month, '--of', first?.profile_id ?? '', '--measure', 'total']
  const behind = await cli.json<{ kept: Row; rows: readonly { value: number }[]; total: number }>(
    'insight-rows',
    ...of,
  )
  expect(behind.kept).toEqual(first)
  expect(behind.total).toBe(first?.orders)
  const sum = behind.rows.reduce((all, { value }) => all + value, 0)
  expect(sum).toBeCloseTo(first?.total ?? 0, 4)
  const text = await cli.tessera('insight-rows', ...of)
  expect(text).toMatch(/ rows of sales_order now/)
  expect(text).toContain('brings')
  const wrong = await cli.attempt(['insight-rows', 'spend_by_month', 'mont=2026-01'])
  expect(wrong.stderr).toContain('did you mean "month"?')
}, 180_000)

test('a ready-made one is added from the command line', async () => {
  expect(await cli.tessera('insights')).toMatch(/rfm +Fifths of customers/)
  expect(await cli.tessera('insight-add', 'rfm')).toContain('the insight rfm is defined')
  await cli.json<RunAnswer>('run')
  const scores = await total('money, count(*) as people from rfm group by 1 order by 1')
  expect(scores).toHaveLength(5)
}, 180_000)
