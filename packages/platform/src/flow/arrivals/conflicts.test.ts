import { expect, test } from 'vitest'
import { sql } from '#engine'
import { systemCaller as caller } from '#kernel/caller.ts'
import { currentTable } from '#lake'
import type { Decision } from './conflicts.ts'
import { item, makeHouse } from './testing/house.ts'

const house = await makeHouse(`
kind: connection
key: web
connector: events
settings: {}
---
kind: stream
key: web
connection: web
source: { takes: events }
mode: append
category: engagement
`)
const { arrivals, send, catchUp, engine } = house
const decide = (field: string, decision: Decision) =>
  arrivals.decide(caller, { stream: 'web', field, decision })
const ages = async () =>
  (await engine.rows(sql`select age from ${currentTable('web')} order by _event`)).map(
    ({ age }) => age,
  )

test('values that do not fit are shown; what is decided about them is done and told', async () => {
  await send('web', item('a', { age: 7 }), item('b', { age: 'old' }), item('c', { age: '8' }))
  await catchUp()
  expect(await arrivals.conflicts('web')).toMatchObject([
    {
      field: 'age',
      label: 'age',
      type: 'integer',
      found: [{ type: 'text', count: 1, examples: ['old'] }],
    },
  ])
  expect(await decide('age', { kind: 'accept' })).toMatchObject({ changed: 1, left: 0 })
  expect(await ages()).toEqual(['7', 'old', '8'])
  expect(await arrivals.conflicts('web')).toEqual([])
  expect(await decide('age', { kind: 'cast', type: 'integer' })).toMatchObject({ left: 1 })
  expect(await ages()).toEqual([7, null, 8])
  expect(await decide('age', { kind: 'refuse' })).toMatchObject({ changed: 1, left: 0 })
  expect(await ages()).toEqual([7, 8])
  expect(await arrivals.hours('web', {})).toMatchObject({
    balanced: true,
    totals: { received: 3, stored: 2, rejected: 1 },
  })
  expect((await house.audit.list({})).map(({ verb }) => verb)).toEqual(
    expect.arrayContaining(['accept', 'cast', 'refuse']),
  )
})

test('a type that the definition states is not decided against; a field that is not there is named', async () => {
  await expect(decide('agee', { kind: 'accept' })).rejects.toMatchObject({
    code: 'lake.unknown_field',
  })
  await house.define(`
kind: stream
key: web
connection: web
source: { takes: events }
mode: append
category: engagement
fields: { age: { type: integer } }
`)
  await expect(decide('age', { kind: 'accept' })).rejects.toMatchObject({
    code: 'arrivals.pinned_type',
  })
})

test('the key of a stream becomes nothing that does not take every key', async () => {
  await house.define(`
kind: stream
key: keyed
connection: web
source: { takes: people }
mode: merge
primary_key: [id]
category: profile
`)
  const cast = { kind: 'cast', type: 'date' } as const
  await expect(
    arrivals.decide(caller, { stream: 'keyed', field: 'id', decision: cast }),
  ).rejects.toMatchObject({ code: 'arrivals.key_field' })
})
