import { expect, test } from 'vitest'
import { placesOf, tile } from './web.ts'

const node = (key: string) => ({ key, kind: 'person' as const, label: 'Person', name: key })
const tie = (from: string, to: string) => ({ from, to, say: `${from} ${to}` })

test('what is asked about stands left of what it is tied to, in the middle of it', () => {
  const places = placesOf({
    nodes: ['me', 'acme', 'home', 'bob', 'cleo', 'dan', 'holding'].map(node),
    ties: [
      tie('me', 'acme'),
      tie('acme', 'holding'),
      tie('bob', 'acme'),
      tie('me', 'home'),
      tie('cleo', 'home'),
      tie('bob', 'home'),
    ],
  })
  const step = tile.width + tile.across
  const columns = [...places].map(([key, { x }]) => [key, x / step])
  expect(Object.fromEntries(columns)).toEqual({
    ...{ me: 0, acme: 1, home: 1, holding: 2, bob: 2, cleo: 2 },
  })
  expect(places.get('bob')?.say).toBe('bob acme')
  expect(places.get('me')?.say).toBeUndefined()
  const y = (key: string) => places.get(key)?.y ?? Number.NaN
  expect(y('me')).toBe((y('acme') + y('home')) / 2)
  const spots = [...places.values()].map((at) => `${at.x} ${at.y}`)
  expect(new Set(spots).size).toBe(places.size)
})

test('nothing has no places, and ties in a circle end', () => {
  expect(placesOf({ nodes: [], ties: [] }).size).toBe(0)
  const circle = placesOf({
    nodes: ['a', 'b', 'c'].map(node),
    ties: [tie('a', 'b'), tie('b', 'c'), tie('c', 'a'), tie('a', 'a')],
  })
  expect([...circle.keys()].toSorted()).toEqual(['a', 'b', 'c'])
})
