import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeHouse } from './testing/house.ts'

const { folder, pull, streams, arrivals } = await makeHouse(`
{ kind: connection, key: crm, connector: files, settings: { folder: . } }
---
{ kind: stream, key: ages, connection: crm, source: { path: ages.csv }, mode: append, category: other,
  fields: { who: { type: text }, age: { type: integer } }, contract: { conflict: reject } }
`)

test('the list of what was rejected is narrowed by text, reason and time', async () => {
  writeFileSync(join(folder, 'ages.csv'), 'who,age\nada,old\nbob,new\ncy,7\nada,1,2\n')
  await pull('ages')
  const raws = async (query: Parameters<typeof streams.rejectedOf>[1]) =>
    (await streams.rejectedOf('ages', query)).map(({ raw }) => raw)
  expect(await raws({})).toEqual(['ada,old', 'bob,new', 'ada,1,2'])
  expect(await raws({ contains: 'ada' })).toEqual(['ada,old', 'ada,1,2'])
  expect(await raws({ contains: 'ada', reason: 'AGE' })).toEqual(['ada,old'])
  // The clock of the test stands at half past ten.
  expect(await raws({ from: '2026-03-30 10:30:01', limit: 1 })).toEqual(['ada,old'])
  expect(await raws({ to: '2026-03-30T12:30:01+02:00' })).toEqual([])
  expect(await raws({ from: '2026-03-31' })).toEqual([])
  await expect(raws({ from: 'yesterday' })).rejects.toThrow('from: "yesterday" is no time')
  await expect(arrivals.hours('ages', { from: '7' })).rejects.toThrow('from: "7" is no time')
})
