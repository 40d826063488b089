import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differences, fingerprint } from './index.ts'

test.each([
  [{ a: 1 }, { a: 1 }, []],
  [
    { a: 1 },
    { a: 2, b: 3 },
    [
      { at: 'a', old: 1, new: 2 },
      { at: 'b', new: 3 },
    ],
  ],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, [{ at: 'a.b[1]', old: 2, new: 3 }]],
  [{ l: ['x', 'y'] }, { l: ['new', 'x', 'y'] }, [{ at: 'l[0]', new: 'new' }]],
  [{ l: ['x', 'y', 'z'] }, { l: ['x', 'z'] }, [{ at: 'l[1]', old: 'y' }]],
  [{ l: [1] }, { l: 1 }, [{ at: 'l', old: [1], new: 1 }]],
  [{ a: null }, {}, [{ at: 'a', old: null }]],
])('from %j to %j', (old, now, expected) => {
  expect(differences(old, now)).toEqual(expected)
})

test('values differ exactly when their fingerprints do; the order of members does not count', () => {
  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)))
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(differences(a, b).length === 0).toBe(fingerprint(a) === fingerprint(b))
      expect(differences(a, structuredClone(a))).toEqual([])
    }),
  )
  expect(fingerprint({ a: 1, b: [2] })).toBe(fingerprint({ b: [2], a: 1 }))
  expect(fingerprint({ a: 1 })).toMatch(/^[0-9a-f]{64}$/)
})
