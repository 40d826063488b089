import type { Decision } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { actsOf, fitting, pendingFor } from './decisions.ts'

const record = (id: string) => ({ space: 'default', source: 'crm', stream: 'crm_contacts', id })
const decision = (number: number, id: string, why: string): Decision => ({
  number,
  kind: 'must_link',
  left: record(id),
  right: record('X'),
  why,
  by: 'owner',
  at: '2026-01-01T00:00:00Z',
})

const all: readonly Decision[] = [
  decision(2, 'CON-2', 'same Person'),
  { ...decision(1, 'CON-1', 'twins'), withdrawn: { why: 'an error', by: 'bo', at: '2026' } },
]

const numbers = (of: Parameters<typeof fitting>[1]) => fitting(all, of).map(({ number }) => number)

test('what was withdrawn is shown only when it is asked for', () => {
  expect(numbers({})).toEqual([2])
  expect(numbers({ withdrawn: 'shown' })).toEqual([2, 1])
})

test('records, reasons and people are searched, in large letters or small', () => {
  expect(numbers({ q: 'crm_contacts:con-2' })).toEqual([2])
  expect(numbers({ q: ' PERSON ' })).toEqual([2])
  expect(numbers({ q: 'error', withdrawn: 'shown' })).toEqual([1])
  expect(numbers({ q: 'nobody' })).toEqual([])
})

test('what was decided about two records waits while they are still as before', () => {
  const named = (id: string) => ({ ...record(id), record: id })
  const of = (left: string, right: string, same_profile: boolean) =>
    pendingFor(all, { left: named(left), right: named(right), same_profile }).map(
      ({ number }) => number,
    )
  expect(of('X', 'CON-2', false)).toEqual([2])
  expect(of('CON-2', 'X', true)).toEqual([])
  expect(of('CON-1', 'X', false)).toEqual([])
  expect(of('CON-2', 'CON-1', false)).toEqual([])
})

test('what was decided in one go stands together', () => {
  const together = [decision(1, 'A', 'twins'), decision(2, 'B', 'twins'), decision(3, 'C', 'again')]
  const acts = actsOf(together).map(({ of, decisions }) => [of.why, decisions.length])
  expect(acts).toEqual([
    ['twins', 2],
    ['again', 1],
  ])
})
