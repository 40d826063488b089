import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { segmentChanges, segmentMembers, segmentOverlap } from './segments.ts'
import { why } from './why.ts'

function toolsOf(answer: (path: string) => unknown, isJson = false) {
  const [asked, printed]: [unknown[], string[]] = [[], []]
  const call = async (method: string, path: string, of?: unknown) => {
    asked.push([method, path, of])
    return answer(path)
  }
  const out = { print: (text: string) => printed.push(text), progress: () => {}, isJson }
  // Only what these commands use of their tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  return { tools, asked, printed }
}

const told = {
  profile: '9100000000000000001',
  segment: 'regulars',
  published: { member: false, left_at: '2026-02-01T00:00:00.000Z' },
  member: false,
  include: {
    says: 'all of these hold',
    holds: false,
    parts: [
      { says: 'country is "France"', holds: true, value: 'France' },
      {
        says: 'number of rows of sales order is at least 3',
        holds: false,
        value: 1,
        flips_at: '2026-03-12T09:00:00.000Z',
        evidence: [
          {
            object: 'sales_order',
            key: '7',
            stream: 'shop',
            id: 'o7',
            fields: { channel: 'web' },
            counts: true,
          },
        ],
      },
    ],
  },
  exclude: { says: 'a member of the segment "x"', holds: false, membership: { member: false } },
  rank: { says: 'among the first 2', first: 2, place: 3, value: 10, among: 5, holds: false },
  waterfall: { waterfall: 'tiers', taken_by: 'gold', holds: false },
  notes: ['places depend on others'],
}

test('why prints the tree with what was found', async () => {
  const { tools, asked, printed } = toolsOf((path) =>
    path === '/profiles/find' ? { profile: { id: told.profile }, candidates: [] } : told,
  )
  await why.run({ words: ['regulars', 'ada@example.com'], options: {} }, tools)
  expect(asked).toEqual([
    ['GET', '/profiles/find', { query: { who: 'ada@example.com' } }],
    ['GET', `/segments/regulars/why/${told.profile}`, {}],
  ])
  expect(printed).toEqual([
    `9100000000000000001 is not in "regulars" by its definition now
as published: no member since 2026-02-01T00:00:00.000Z

✗ all of these hold
├─ ✓ country is "France"  [found France]
└─ ✗ number of rows of sales order is at least 3  [found 1; changes 2026-03-12T09:00:00.000Z]
       sales_order shop o7: channel web

and not
✗ a member of the segment "x"  [never a member]

✗ among the first 2
    place 3 of 5 with 10

✗ in the waterfall "tiers" the first part that fits is "gold"

note: places depend on others`,
  ])
})

test('why lists those who may be meant, and takes an id as it is', async () => {
  const somebody = { id: '1', name: 'Ada', emails: [], records: 2 }
  const { tools, printed } = toolsOf(() => ({ candidates: [somebody, somebody] }))
  await why.run({ words: ['regulars', 'Ada', 'Byron'], options: {} }, tools)
  expect(printed[0]).toMatch(/1 +Ada/)
  const direct = toolsOf(() => told, true)
  await why.run({ words: ['regulars', '7'], options: { given: '{"n":1}' } }, direct.tools)
  expect(direct.asked).toEqual([
    ['GET', '/segments/regulars/why/7', { query: { given: '{"n":1}' } }],
  ])
  expect(JSON.parse(direct.printed[0] ?? '')).toEqual(told)
  await expect(why.run({ words: ['regulars'], options: {} }, tools)).rejects.toMatchObject({
    code: 'cli.missing_word',
  })
})

test('members of a moment, changes and overlaps are listed', async () => {
  const members = toolsOf(() => ({
    members: [{ profile: '1', name: 'Ada', entered_at: '2026-01-01', now: '2' }],
    total: 1200,
    next: '1',
  }))
  await segmentMembers.run({ words: ['vips'], options: { at: '2026-01-31' } }, members.tools)
  expect(members.asked).toEqual([
    ['GET', '/segments/vips/members', { query: { at: '2026-01-31' } }],
  ])
  expect(members.printed[0]).toMatch(/1 +Ada +2026-01-01 +2/)
  expect(members.printed[1]).toBe('1 of 1,200; go on with --after 1')

  const changes = toolsOf(() => ({
    changes: [{ what: 'left', at: '2026-01-02', profile: '1' }],
    total: 1,
  }))
  await segmentChanges.run({ words: ['vips'], options: { profile: '1' } }, changes.tools)
  expect(changes.asked).toEqual([['GET', '/segments/vips/changes', { query: { profile: '1' } }]])
  expect(changes.printed[0]).toMatch(/2026-01-02 +left +1/)
  expect(changes.printed[1]).toBe('1 of 1')

  const overlap = toolsOf(() => ({
    sets: [
      { label: 'a', size: 3 },
      { label: 'b', size: 1500 },
    ],
    members: 1502,
    regions: [
      { sets: [1], only: 1499, all: 1500 },
      { sets: [0], only: 2, all: 3 },
      { sets: [0, 1], only: 1, all: 1 },
    ],
  }))
  await segmentOverlap.run({ words: ['a', 'b'], options: {} }, overlap.tools)
  expect(overlap.asked).toEqual([['POST', '/segments/overlap', { body: { segments: ['a', 'b'] } }]])
  expect(overlap.printed[0]).toMatch(/· +● +1,499 +1,500\n● +· +2 +3\n● +● +1 +1/)
  expect(overlap.printed[1]).toBe('1,502 in any of them; a 3, b 1,500')
})
