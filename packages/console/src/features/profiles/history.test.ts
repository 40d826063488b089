import { expect, test } from 'vitest'
import type { ProfileChange } from '../../lib/api-types.ts'
import { texts } from '../../lib/texts.ts'
import { tell } from './history.ts'

const words = texts.customers.history
const change = (kind: ProfileChange['kind'], profile: string, other?: string): ProfileChange => ({
  position: 1,
  at: '2026-01-01T00:00:00Z',
  kind,
  profile,
  ...(other === undefined ? {} : { other }),
})

test('a merge is told from the side of who remains, and of who went', () => {
  expect(tell(change('merged', '2', '1'), '1')).toMatchObject({ say: words.mergedHere, other: '2' })
  expect(tell(change('merged', '1', '3'), '1')).toMatchObject({
    say: words.mergedThere,
    other: '3',
  })
})

test('a split is told from both sides', () => {
  expect(tell(change('split', '2', '1'), '1')).toMatchObject({ say: words.splitOff, other: '2' })
  expect(tell(change('split', '1', '2'), '1')).toMatchObject({ say: words.splitFrom, other: '2' })
})

test('what concerns nobody else names nobody else', () => {
  expect(tell(change('created', '1'), '1').other).toBeUndefined()
  expect(tell(change('retired', '1'), '1').say).toBe(words.retired)
})
