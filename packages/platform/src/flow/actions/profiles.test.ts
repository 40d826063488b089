import { expect, onTestFinished, test, vi } from 'vitest'
import { houseOfPeople, putRows, removeRows } from '#identity/testing'
import { prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { prepareSegments } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionBody } from './definition.ts'
import { actionMigrations } from './records.ts'
import { prepareActions } from './tables.ts'
import { failing } from './testing/failing.ts'
import { houseOf, webhookTo } from './testing/house.ts'
import { firingReceiver } from './testing/receiver.ts'

async function open() {
  const people = await houseOfPeople()
  const { engine } = people
  await prepareLake(engine)
  await prepareSegments(engine)
  await prepareActions(engine)
  const receiver = await firingReceiver()
  const memory = await memoryStore({ actions: actionMigrations })
  const { store, fail } = failing(memory)
  const events = await temporaryLog()
  const house = houseOf(
    { engine, store, events, folder: '/nowhere' },
    { outgoing: receiver.outgoing },
  )
  onTestFinished(async () => {
    await house.actions.stop()
    await house.define({})
    await events.close()
    await memory.close()
    await receiver.close()
  })
  await house.actions.start({ live: 'with the set lane' })
  return { ...house, people, receiver, fail }
}
const until = (hold: () => void | Promise<void>) =>
  vi.waitFor(hold, { timeout: 40_000, interval: 10 })
const rule = (
  url: string,
  profile: 'merged' | 'split' | 'any',
  more: Partial<ActionBody> = {},
): ActionBody => ({
  when: { profile },
  often: 'each',
  target: webhookTo(url),
  ...more,
})

test('each merge and each split of the feed fires once, with the ids before and after, whatever dies', {
  timeout: 60_000,
}, async () => {
  const { define, look, people, receiver, fail, ledger, actions } = await open()
  const { engine, identity, model, put } = people
  await put({
    a: { email: 'a@x.de' },
    b: { email: 'b@x.de' },
    c: { email: 'c@x.de' },
    d: { email: 'c@x.de' },
  })
  await identity.run('people')
  await define({
    any: rule(receiver.url, 'any', {
      attributes: [
        { as: 'from', field: 'before' },
        { as: 'into', field: 'after' },
      ],
    }),
    merged: rule(receiver.url, 'merged'),
    split: rule(receiver.url, 'split'),
  })
  const place = (await identity.changesAfter()).next
  const lookAll = async () => {
    for (const key of ['any', 'merged', 'split']) await look(key)
  }
  await lookAll()
  await removeRows(engine, 'contact_point_email', ['d'])
  await identity.run('people')
  for (const when of ['before', 'after'] as const) {
    fail(when)
    await expect(look('any')).rejects.toThrow('died')
  }
  fail(undefined)
  await putRows(engine, model, 'contact_point_email', [
    { id: 'd', individual_id: 'd', email_address: 'c@x.de' },
  ])
  await identity.run('people')
  await lookAll()
  await lookAll()

  const { events } = await identity.changesAfter({ after: place })
  const told = events.filter(({ kind }) => kind === 'merged' || kind === 'split')
  expect(new Set(told.map(({ kind }) => kind)).size).toBe(2)
  await until(async () =>
    expect(await ledger('any')).toEqual({ met: told.length, sent: told.length }),
  )
  const expected = told.map(({ id, kind, profile, other }) => {
    const [before, after] = kind === 'merged' ? [profile, other] : [other, profile]
    return [id, kind, before, after, { from: before, into: after }]
  })
  const had = receiver.received
    .filter(({ body }) => JSON.parse(body).action === 'any')
    .flatMap(({ firings }) => firings)
    .map(({ occurrence, change, person, profile_id, data }) => [
      ...[occurrence, change, person, profile_id],
      data,
    ])
  expect(had.toSorted()).toEqual(expected.toSorted())
  for (const kind of ['merged', 'split'])
    expect((await actions.firings({ action: kind })).map(({ occurrence }) => occurrence)).toEqual(
      told
        .filter((one) => one.kind === kind)
        .map(({ id }) => id)
        .toReversed(),
    )
})

test('over the past, what would have fired is shown', async () => {
  const { people, receiver, actions } = await open()
  const { engine, identity, put } = people
  await put({ c: { email: 'c@x.de' }, d: { email: 'c@x.de' } })
  await identity.run('people')
  await removeRows(engine, 'contact_point_email', ['d'])
  await identity.run('people')
  const wish = { body: rule(receiver.url, 'any'), days: 9000 }
  const tried = await actions.tryOut(wish, AbortSignal.timeout(30_000))
  expect(tried).toMatchObject({ over: 'the past', met: 1, states: { sent: 1 } })
})
