import { expect, test } from 'vitest'
import { directoryOf, type LiveStream } from './directory.ts'
import type { WriteKey } from './write-keys.ts'

const stream = (key: string, of: Partial<LiveStream> = {}): LiveStream => ({
  key,
  connection: 'site',
  takes: 'events',
  sender: 'browser',
  shape: { key, mode: 'append', primaryKey: [], fields: [] },
  ...of,
})

const key = (text: string, closedAt?: string): WriteKey => ({
  key: text,
  connection: 'site',
  label: text,
  createdAt: '',
  createdBy: 'owner',
  ...(closedAt === undefined ? {} : { closedAt }),
})

test('a write key opens the stream of events, which tells the others of its connection', () => {
  const streams = [stream('site'), stream('site_people', { takes: 'people' })]
  const { sources, targets } = directoryOf(streams, [key('k'), key('old', '2026-01-01')])
  expect(sources.get('k')).toMatchObject({
    stream: 'site',
    sender: 'browser',
    statements: { people: 'site_people' },
  })
  expect(sources.has('old')).toBe(false)
  expect(targets.get('site_people')?.statements).toBeUndefined()
})

test('members that were not agreed on are told of, where that was agreed', () => {
  const schema = { type: 'object', properties: { event: { type: 'string' } } }
  const warned = stream('site', { contract: { schema, unknown: 'warn' } })
  const target = directoryOf([warned], []).targets.get('site')
  expect(target?.problemWith?.({ event: 'Bought', colour: 'red' })).toBeUndefined()
  expect(target?.warningOn?.({ event: 'Bought', colour: 'red' })).toMatch(/colour/)
  expect(target?.warningOn?.({ event: 'Bought' })).toBeUndefined()
})
