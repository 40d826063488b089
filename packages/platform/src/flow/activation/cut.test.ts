import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import { memoryStore } from '#store/testing'
import { columnsOf, cut, preview, type Subject } from './cut.ts'
import type { ActivationBody } from './definition.ts'
import type { PayloadRow } from './destination.ts'
import { activationMigrations, recordsIn } from './records.ts'
import { addPeople, enter, leave, makeTables, merge, profileId } from './testing/world.ts'

const engine = await memoryEngine()
await makeTables(engine)
await addPeople(engine, 1, 30)
const clock = stoppedClock(new Date('2026-02-03T10:00:00Z'))
const never = new AbortController().signal

const vips: ActivationBody = {
  segment: 'vips',
  destination: 'shop',
  attributes: [],
  send: 'changes',
}

let activations = 0

/** An activation with a store of its own, so that each test begins with nobody. */
async function activation(of: Partial<ActivationBody> = {}, batchSize = 100) {
  const key = `a${++activations}`
  const store = await memoryStore({ activation: activationMigrations })
  onTestFinished(store.close)
  const records = recordsIn(store)
  const tools = { engine, records, clock }
  const subject = (more: Partial<ActivationBody> = {}): Subject => ({
    key,
    body: { ...vips, ...of, ...more },
    on: 'individual',
    model: modelOf([]),
    insightKeys: new Map(),
    types: {},
    mostMembers: undefined,
    confirmAbove: 1_000_000,
    batchSize,
  })
  const rowsOf = async (state?: 'waiting') => {
    const found: PayloadRow[] = []
    const batches = await records.deliveries(key, { limit: 1000, ...(state ? { state } : {}) })
    for (const { sequence } of batches.toReversed()) {
      for await (const rows of records.rowsOf(sequence)) found.push(...rows)
    }
    return found
  }
  /** What the next refresh queues, in short: `+1 -2`. */
  const next = async (more: Partial<ActivationBody> = {}) => {
    const before = (await rowsOf()).length
    const refreshed = await cut(tools, subject(more), never)
    const fresh = (await rowsOf()).slice(before)
    expect(fresh).toHaveLength(refreshed.rows)
    return fresh.map(inShort).join(' ')
  }
  return { key, records, tools, subject, rowsOf, next }
}

const signs: Readonly<Record<string, string>> = { entered: '+', left: '-' }
const inShort = ({ profile_id, change }: PayloadRow) =>
  `${signs[String(change)] ?? ''}${BigInt(String(profile_id)) - profileId(0)}`

test('sends who entered and who left since the last time, and nobody twice', async () => {
  const { next } = await activation({ segment: 'coming' })
  expect(await next()).toBe('')
  await enter(engine, 'coming', [1, 2])
  expect(await next()).toBe('+1 +2')
  expect(await next()).toBe('')
  await leave(engine, 'coming', [1])
  await enter(engine, 'coming', [3])
  expect(await next()).toBe('-1 +3')
  await leave(engine, 'coming', [2])
  await enter(engine, 'coming', [2, 4])
  await leave(engine, 'coming', [4])
  expect(await next()).toBe('')
})

test('changes of another segment are none of its business', async () => {
  const { next } = await activation({ segment: 'mine' })
  await enter(engine, 'theirs', [1])
  expect(await next()).toBe('')
})

test('another segment is a difference like any other; another destination knows nobody yet', async () => {
  const { next } = await activation({ segment: 'old' })
  await enter(engine, 'old', [1, 2])
  await enter(engine, 'new', [2, 3])
  expect(await next()).toBe('+1 +2')
  expect(await next({ segment: 'new' })).toBe('-1 +3')
  expect(await next({ segment: 'new' })).toBe('')
  expect(await next({ segment: 'new', destination: 'mail' })).toBe('+2 +3')
  await leave(engine, 'new', [2])
  expect(await next({ segment: 'new', destination: 'mail' })).toBe('-2')
  expect(await next({ segment: 'new' })).toBe('-2')
})

test('a profile that was merged leaves under its old id and enters under its new one', async () => {
  const { next } = await activation({ segment: 'merging' })
  await enter(engine, 'merging', [1, 2])
  expect(await next()).toBe('+1 +2')
  await merge(engine, 'merging', 1, 20)
  expect(await next()).toBe('-1 +20')
})

test('positions go on rising when the engine is behind the store', async () => {
  const { key, next, records } = await activation({ segment: 'restored' })
  await records.finish({
    ...vips,
    activation: key,
    from: 0,
    to: 900_000,
    columns: [],
    types: {},
    filtered: {},
    members: 0,
    content: null,
    at: new Date(0),
  })
  await enter(engine, 'restored', [1])
  expect(await next()).toBe('+1')
  expect(await records.progressOf(key)).toMatchObject({ position: 900_001 })
})

test('everything is sent again whenever something about it is new', async () => {
  const attributes = [{ as: 'name', field: 'first_name' }]
  const { key, next, records } = await activation({
    segment: 'all',
    send: 'everything',
    attributes,
  })
  expect(await next()).toBe('')
  expect(await records.deliveries(key, { limit: 9 })).toMatchObject([{ members: 0, number: 1 }])
  await enter(engine, 'all', [1, 2])
  expect(await next()).toBe('1 2')
  expect(await next()).toBe('')
  expect(await next({ attributes: [{ as: 'Name', field: 'first_name' }] })).toBe('1 2')
  await leave(engine, 'all', [1])
  expect(await next()).toBe('2')
  expect(await next({ send: 'changes' })).toBe('')
  await enter(engine, 'all', [5])
  expect(await next({ send: 'changes' })).toBe('+5')
})

test('attributes come from the profile, from insights and from the most trusted contact point', async () => {
  const attributes: ActivationBody['attributes'] = [
    { as: 'Name', field: 'first_name' },
    { as: 'born', field: 'birth_date' },
    { as: 'income', field: 'yearly_income' },
    { as: 'value', insight: 'lifetime_value.total' },
    { as: 'mail', contact_point: 'email' },
    { as: 'shop mail', contact_point: 'email', sources: ['shop', 'crm'] },
    { as: 'phone', contact_point: 'phone' },
  ]
  const { next, rowsOf, subject } = await activation({ segment: 'rich', attributes })
  await enter(engine, 'rich', [7, 99])
  await next()
  const [known, unknown] = await rowsOf()
  expect(known).toEqual({
    profile_id: profileId(7).toString(),
    change: 'entered',
    Name: 'name 7',
    born: '2000-01-01',
    income: 7.5,
    value: 7,
    mail: '7@crm.test',
    'shop mail': '7@shop.test',
    phone: null,
  })
  expect(unknown).toMatchObject({ Name: null, value: null, mail: null })
  expect(Object.keys(known ?? {})).toEqual(columnsOf(subject().body))
})

test('members are cut into batches with stable ids', async () => {
  const { key, next, records } = await activation({ segment: 'many' }, 4)
  await enter(engine, 'many', [9, 8, 7, 6, 5, 4, 3, 2, 1])
  await next()
  const batches = (await records.deliveries(key, { limit: 9 })).toReversed()
  const to = batches[0]?.to_position ?? 0
  expect(to).toBeGreaterThan(0)
  expect(batches.map(({ id, number, of, members }) => [id, number, of, members])).toEqual([
    [`${key}:0:${to}:1`, 1, 3, 4],
    [`${key}:0:${to}:2`, 2, 3, 4],
    [`${key}:0:${to}:3`, 3, 3, 1],
  ])
})

const steps = ['clear', 'prepare', 'addParts', 'finish'] as const
test.each(steps.flatMap((step) => [['before', step] as const, ['after', step] as const]))(
  'a cut that broke off %s "%s" leaves nothing behind, and the next one finds what is missing',
  async (when, step) => {
    const segment = `fragile_${when}_${step}`
    const { key, tools, subject, rowsOf, next, records } = await activation({ segment }, 2)
    await enter(engine, segment, [1, 2, 3])
    const breaking = async (...of: readonly unknown[]) => {
      // The step is called with whatever it takes.
      if (when === 'after') await (records[step] as (...of: readonly unknown[]) => unknown)(...of)
      throw new Error('the lights went out')
    }
    const broken = { ...tools, records: { ...records, [step]: breaking } }
    await expect(cut(broken, subject(), never)).rejects.toThrow('lights')
    const isQueued = when === 'after' && step === 'finish'
    expect(await records.destinationsWithWork()).toEqual(isQueued ? ['shop'] : [])
    expect(await next()).toBe(isQueued ? '' : '+1 +2 +3')
    expect(await rowsOf('waiting')).toHaveLength(3)
    const ledger = (await records.ledgers()).get(key)
    expect(ledger).toMatchObject({ members: 3, queued: 3, delivered: 0, waiting: 3, dead: 0 })
  },
)

test('a preview shows what the next refresh would queue, and queues nothing', async () => {
  const { tools, subject, next } = await activation({ segment: 'shown' })
  await enter(engine, 'shown', [1, 2, 3])
  const { members, rows } = await preview(tools, subject(), 2)
  expect([members, rows.map(inShort)]).toEqual([3, ['+1', '+2']])
  expect(await next()).toBe('+1 +2 +3')
  expect(await preview(tools, subject(), 2)).toEqual({
    members: 0,
    filtered: {},
    in_segment: 3,
    undivided: {},
    rows: [],
  })
})

test('whatever happens in between, the receiver ends with the members of the segment', async () => {
  const step = fc.record({ who: fc.integer({ min: 1, max: 6 }), sends: fc.boolean() })
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const segment = `run_${++runs}`
      const { next } = await activation({ segment })
      const inside = new Set<number>()
      const received = new Set<string>()
      const receive = async () => {
        for (const word of (await next()).split(' ').filter(Boolean)) {
          const isNew = word.startsWith('+')
          expect(received.has(word.slice(1))).toBe(!isNew)
          if (isNew) received.add(word.slice(1))
          else received.delete(word.slice(1))
        }
      }
      for (const { who, sends } of steps) {
        if (inside.delete(who)) await leave(engine, segment, [who])
        else {
          inside.add(who)
          await enter(engine, segment, [who])
        }
        if (sends) await receive()
      }
      await receive()
      expect([...received].map(Number).sort()).toEqual([...inside].sort())
    }),
    { numRuns: 8 },
  )
})
