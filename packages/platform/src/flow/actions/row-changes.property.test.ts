import fc from 'fast-check'
import { expect, test } from 'vitest'
import { folderEngine } from '#engine/testing'
import { prepareInsights } from '#insights'
import { setRows } from '#insights/testing'
import { isLong } from '#kernel/testing/long.ts'
import { prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { prepareSegments } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionBody } from './definition.ts'
import { actionMigrations } from './records.ts'
import { prepareActions } from './tables.ts'
import { failing } from './testing/failing.ts'
import { houseOf } from './testing/house.ts'
import { hidden, type LakeOrder, lakeOrders } from './testing/lake-orders.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
await prepareInsights(engine)
await prepareSegments(engine)
await prepareActions(engine)
const never = () => Promise.reject(new Error('nothing is sent'))
const outgoing = { send: never, receive: never, connect: never }
let streams = 0

const rule = (when: Omit<Extract<ActionBody['when'], { row: string }>, 'row'>): ActionBody => ({
  when: { row: 'sales_order', ...when },
  often: 'each',
  after: '1 day',
  attributes: [
    { as: 'status', field: 'status' },
    ...(when.change === 'changed' ? [{ as: 'status', was: 'status' }] : []),
  ],
  target: { webhook: { url: 'https://hooks.example/in', secret: { secret: 'key' } } },
})
const large = { field: 'grand_total_amount', op: '>=', value: 100 } as const
const rules = {
  created: rule({ change: 'created', where: large }),
  changed: rule({
    change: 'changed',
    where: large,
    was: { field: 'status', op: '=', value: 'open' },
  }),
  deleted: rule({ change: 'deleted', where: large }),
  any: rule({ change: 'any' }),
}

const order = fc.record({
  n: fc.integer({ min: 1, max: 4 }),
  total: fc.constantFrom(50, 100, 200),
  status: fc.constantFrom('open', 'paid', hidden),
})
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: order }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      snapshot: fc.uniqueArray(order, { selector: ({ n }) => n, maxLength: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ look: fc.constantFrom('sound', 'before', 'after') }) },
)

// So that each rule is met at least once.
const everything: readonly Step[] = [
  { put: { n: 1, total: 200, status: 'paid' } },
  { put: { n: 2, total: 100, status: 'open' } },
  { look: 'after' },
  { snapshot: [{ n: 1, total: 200, status: 'paid' }] },
  { look: 'before' },
  // What was paid and is open is no change of what was open.
  { put: { n: 1, total: 100, status: 'open' } },
  { look: 'sound' },
  // A mapping that lets a row out takes nothing away, and what it lets in again has not come.
  { put: { n: 1, total: 200, status: hidden } },
  { look: 'sound' },
  { put: { n: 1, total: 200, status: 'paid' } },
  { put: { n: 2, total: 200, status: 'open' } },
  { look: 'sound' },
  // Both end where the snapshot's last row stands: one is replaced by it, the other is gone.
  { snapshot: [{ n: 1, total: 200, status: hidden }] },
  { look: 'sound' },
]

interface Seen extends LakeOrder {
  readonly version: number
}

/** What each rule tells of the difference between two looks, in a slow and obvious way. */
function told(before: ReadonlyMap<number, Seen>, now: ReadonlyMap<number, Seen>) {
  const found: string[] = []
  const tell = (rule: string, n: number, occurrence: string, ...values: readonly unknown[]) =>
    found.push([rule, `sales_order ${n}`, occurrence, ...values].join(' '))
  for (const [n, { version, total, status }] of now) {
    const was = before.get(n)
    if (was && was.version >= version) continue
    tell('any', n, String(version), status)
    if (total < 100) continue
    if (!was) tell('created', n, String(version), status)
    else if (was.status === 'open') tell('changed', n, String(version), status, was.status)
  }
  for (const [n, was] of before)
    if (!now.has(n) && was.total >= 100) tell('deleted', n, `deleted ${was.version}`, was.status)
  return found
}

/** What has been seen of them: of those that the mapping lets out, what they were last. */
const seenOf = (before: ReadonlyMap<number, Seen>, now: ReadonlyMap<number, Seen>) =>
  new Map(
    [...now].flatMap(([n, one]) => {
      const seen = one.status === hidden ? before.get(n) : one
      return seen ? [[n, seen] as const] : []
    }),
  )

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
type Orders = ReturnType<typeof lakeOrders>

/** Does one step to the orders, and to what is known of them. */
async function change(
  one: Exclude<Step, { look: string }>,
  orders: Orders,
  now: Map<number, LakeOrder>,
) {
  if ('put' in one) {
    await orders.put(one.put)
    now.set(one.put.n, one.put)
  } else if ('remove' in one) {
    await orders.remove(one.remove)
    now.delete(one.remove)
  } else {
    await orders.snapshot(...one.snapshot)
    now.clear()
    for (const of of one.snapshot) now.set(of.n, of)
  }
}

/** Does all steps, and says what there should be told of them, and what is. */
async function happened(steps: readonly Step[]) {
  await setRows(engine, 'sales_order', [])
  const memory = await memoryStore({ actions: actionMigrations })
  const { store, fail } = failing(memory)
  const events = await temporaryLog()
  const orders = lakeOrders(engine, folder, `p_${++streams}`)
  const house = houseOf({ engine, store, events, folder }, { outgoing })
  const keys = Object.keys(rules)
  const now = new Map<number, LakeOrder>()
  const seenNow = async () => {
    const versions = await orders.map()
    return new Map(
      [...now].map(([n, one]): [number, Seen] => [n, { ...one, version: versions.get(n) ?? 0 }]),
    )
  }
  try {
    await house.define(rules, [orders.definition])
    await change({ put: { n: 1, total: 100, status: 'open' } }, orders, now)
    for (const key of keys) await house.look(key)
    let seen = await seenNow()
    const expected: string[] = []
    for (const one of steps) {
      if (!('look' in one)) {
        await change(one, orders, now)
        continue
      }
      const next = seenOf(seen, await seenNow())
      expected.push(...told(seen, next))
      seen = next
      // What is seen is seen, also where the process dies before it could be told.
      fail(one.look === 'sound' ? undefined : one.look)
      for (const key of keys) await house.look(key).catch(() => {})
      fail(undefined)
      for (const key of keys) await house.look(key)
    }
    return { expected, firings: await house.actions.firings({ limit: 10_000 }) }
  } finally {
    await house.define({})
    await events.close()
    await memory.close()
  }
}

test('each cause is one firing with one key, whatever dies between two looks', {
  timeout: isLong ? 600_000 : 240_000,
}, async () => {
  const kinds = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 8, maxLength: isLong ? 24 : 14 }),
      async (steps) => {
        const { expected, firings } = await happened([...steps, { look: 'sound' }])
        const had = firings.map(({ action, person, occurrence, data, was }) => {
          kinds.add(action)
          const values = [data, was].flatMap((of) => (of ? Object.values(of) : []))
          return [action, person, occurrence, ...values].join(' ')
        })
        expect(had.toSorted()).toEqual(expected.toSorted())
      },
    ),
    // The message names what differs; making it smaller takes minutes.
    { numRuns: isLong ? 100 : 5, examples: [[everything]], endOnFailure: true },
  )
  expect(kinds.size).toBe(Object.keys(rules).length)
})
