import { expect, test } from 'vitest'
import type { ModelObjectFacts } from '../../lib/model.ts'
import { layOut, relationsOf } from './layout.ts'

const object = (key: string, area: string, links: readonly string[] = []): ModelObjectFacts => ({
  key,
  label: key,
  origin: 'standard',
  subject_area: area,
  category: 'other',
  fields: Object.fromEntries(
    links.map((to, i) => [`${to}_${i}`, { type: 'text' as const, links_to: to }]),
  ),
})
const objects = [
  object('email', 'party', ['person']),
  object('person', 'party'),
  object('order', 'sales', ['person', 'person', 'nobody']),
]

test('each subject area is a column; whom many lead to stands on top', () => {
  const places = layOut(objects, ['party', 'empty', 'sales'])
  expect(places.get('person')?.y).toBeLessThan(places.get('email')?.y ?? 0)
  expect(places.get('order')?.x).toBeGreaterThan(places.get('person')?.x ?? 0)
  // Columns without objects take no room.
  expect(new Set([...places.values()].map(({ x }) => x)).size).toBe(2)
})

test('relations are told once, and only to objects that are shown', () => {
  expect(relationsOf(objects)).toEqual([
    { from: 'email', to: 'person', fields: ['person_0'] },
    { from: 'order', to: 'person', fields: ['person_0', 'person_1'] },
  ])
})
