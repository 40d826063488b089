import { expect, test } from 'vitest'
import { type Entry, type EventLog, logFaults } from '#log'
import type { Target } from './collect.ts'
import { makeIntake } from './intake.ts'
import { makeWaiting } from './waiting.ts'

const about = { wire: 'events', receivedAt: new Date('2026-01-02T03:04:05.678Z') }
const track = (id: string, more = {}) => ({
  id,
  value: { type: 'track', event: 'Clicked', anonymousId: 'a1', ...more },
})
const target: Target = {
  stream: 'site',
  statements: { people: 'site_people', identities: 'site_identities' },
}

/** A log in memory that refuses when it is told to. */
function place() {
  const entries: Entry[] = []
  const state = { isFull: false }
  const append: EventLog['append'] = async (more) => {
    if (state.isFull) throw logFaults.trouble({ what: 'the disk is full' })
    return more.map((entry) => {
      const duplicate = entries.some(({ id, stream }) => id === entry.id && stream === entry.stream)
      entries.push(entry)
      const at = about.receivedAt.getTime()
      return { position: entries.length, duplicate: entry.id !== undefined && duplicate, at }
    })
  }
  const waiting = makeWaiting()
  const directory = () => ({ sources: new Map(), targets: new Map() })
  const intake = makeIntake({ log: { append }, waiting, directory })
  const streams = () => entries.splice(0).map(({ stream, kind }) => `${stream} ${kind}`)
  return { intake, state, entries, streams, waiting }
}

const newPerson = ['site put', 'site_people merge', 'site_identities merge']

test('that somebody is there is said with their first event, and not with those that follow', async () => {
  const { intake, streams, waiting } = place()
  expect(await intake.take(target, [track('1')], about)).toEqual([
    { status: 'stored', position: 1 },
  ])
  expect(streams()).toEqual(newPerson)
  await intake.take(target, [track('2'), track('3')], about)
  expect(streams()).toEqual(['site put', 'site put'])
  const signedIn = ['4', '5'].map((id) => track(id, { userId: 'u1' }))
  await intake.take(target, signedIn, about)
  expect(streams()).toEqual([...newPerson, 'site_identities merge', 'site put'])
  expect(waiting.of('site')).toBe(5)
})

test('what was refused by the disk is said again', async () => {
  const { intake, state, streams } = place()
  state.isFull = true
  await expect(intake.take(target, [track('1')], about)).rejects.toThrow(/disk is full/)
  state.isFull = false
  await intake.take(target, [track('1')], about)
  expect(streams()).toEqual(newPerson)
})

test('streams that were defined anew are told again', async () => {
  const { intake, streams } = place()
  await intake.take(target, [track('1')], about)
  await intake.take({ ...target, statements: { ...target.statements } }, [track('2')], about)
  expect(streams()).toEqual([...newPerson, ...newPerson])
})

test('an identify is always said', async () => {
  const { intake, streams } = place()
  const identify = { id: '1', value: { type: 'identify', userId: 'u1', traits: { plan: 'pro' } } }
  await intake.take(target, [identify], about)
  streams()
  await intake.take(target, [{ ...identify, id: '2' }], about)
  expect(streams()).toEqual(['site put', 'site_people merge'])
})

test('the tail shows what was sent, whatever became of it, the newest first', async () => {
  const { intake } = place()
  const bad = { id: '2', value: { type: 'track' }, refused: 'event is missing' }
  await intake.take(target, [track('1'), bad, track('1')], about)
  await intake.park('nobody', [track('3')], about)
  const seen = intake.tail({}, { limit: 10 })
  expect(seen.map(({ status, value }) => [status, value])).toEqual([
    ['parked', track('3').value],
    ['duplicate', track('1').value],
    ['rejected', { type: 'track' }],
    ['stored', track('1').value],
  ])
  expect(seen[2]).toMatchObject({
    stream: 'site',
    wire: 'events',
    receivedAt: '2026-01-02T03:04:05.678Z',
    reason: 'event is missing',
  })
  const after = seen[1]?.position
  expect(intake.tail({}, { limit: 10, after })).toHaveLength(1)
  expect(intake.tail({ status: 'rejected' }, { limit: 10 })).toHaveLength(1)
  expect(intake.tail({ contains: 'Clicked' }, { limit: 2 })).toHaveLength(2)
})
