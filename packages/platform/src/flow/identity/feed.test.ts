import { expect, test } from 'vitest'
import { systemCaller } from '#kernel/caller.ts'
import type { FeedEvent } from './feed-api.ts'
import { houseOfPeople, putRows, removeRows } from './testing/index.ts'

async function followed(
  identity: Awaited<ReturnType<typeof houseOfPeople>>['identity'],
  limit: number,
) {
  const events: FeedEvent[] = []
  let after: string | undefined
  for (;;) {
    const feed = await identity.changesAfter({ limit, ...(after === undefined ? {} : { after }) })
    if (feed.events.length === 0) return { events, next: feed.next }
    events.push(...feed.events)
    after = feed.next
  }
}

test('whoever follows is told everything once and in order, however little is asked for at a time', async () => {
  const { engine, identity, model, put } = await houseOfPeople()
  await put({
    a: { email: 'a@x.de' },
    b: { email: 'b@x.de' },
    c: { email: 'c@x.de' },
    d: { email: 'c@x.de' },
  })
  expect(await identity.changesAfter()).toEqual({ events: [], next: '0.account..0.0.0' })
  const { position } = await identity.run('people')
  const [decision] = await identity.link(
    'people',
    { left: 'crm:a', right: 'crm:b', why: 'twins' },
    systemCaller,
  )
  await identity.run('people')
  await identity.withdraw('people', { decisions: [decision?.number ?? 0], why: 'no' }, systemCaller)
  await removeRows(engine, 'contact_point_email', ['d'])
  await identity.run('people')
  await putRows(engine, model, 'contact_point_email', [
    { id: 'd', individual_id: 'd', email_address: 'c@x.de' },
  ])
  await identity.run('people')

  const { events, next } = await followed(identity, 100)
  const kinds = events.map(({ kind }) => kind)
  expect(kinds).toEqual([
    ...['linked', 'withdrawn'],
    ...['created', 'created', 'created'],
    ...['members', 'merged'],
    ...['members', 'members', 'split', 'split'],
    ...['members', 'merged'],
  ])
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  expect(events[0]).toMatchObject({
    on: 'individual',
    decision: { why: 'twins', left: { id: 'a' } },
  })
  expect(events[1]).toMatchObject({ decision: { withdrawn: { why: 'no' } } })
  for (const limit of [1, 2, 3, 5]) {
    const slowly = await followed(identity, limit)
    expect(slowly.events.toSorted(byId)).toEqual(events.toSorted(byId))
    expect(slowly.next).toBe(next)
  }

  const [first] = await Promise.all([identity.changesAfter({ after: String(position) })])
  expect(first.events.filter(({ kind }) => kind === 'created')).toEqual([])
  expect(first.events).toHaveLength(events.length - 3)
  await expect(identity.changesAfter({ after: "1' or 1" })).rejects.toThrow('no place')
})

const byId = (one: FeedEvent, other: FeedEvent): number => (one.id < other.id ? -1 : 1)
