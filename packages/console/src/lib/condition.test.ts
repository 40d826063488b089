import { describe, expect, test } from 'vitest'
import {
  canShift,
  canUnwrap,
  kindOf,
  partsAt,
  withAdded,
  withDoubled,
  withJoining,
  withRemoved,
  withShifted,
  withUnwrapped,
  withWrapped,
} from './condition.ts'

const a = { field: 'a', op: '=' }
const b = { field: 'b', op: '=' }
const c = { field: 'c', op: '=' }
const tree = { label: 'x', include: { all: [a, { any: [b, c] }] } }

describe('kinds and parts', () => {
  test('a condition is known by its word', () => {
    expect(
      [{ all: [] }, { not: a }, a, { related: 'r', measure: 'count' }, { new_word: 1 }].map(kindOf),
    ).toEqual(['all', 'not', 'field', 'related', 'unknown'])
  })

  test('parts have places', () => {
    expect(partsAt(tree, ['include'])).toEqual([
      ['include', 'all', 0],
      ['include', 'all', 1],
    ])
    expect(partsAt({ include: { not: a } }, ['include'])).toEqual([['include', 'not']])
    expect(partsAt(tree, ['include', 'all', 0])).toEqual([])
  })
})

describe('changes of a tree', () => {
  test('a condition is added to a group; what is none becomes one', () => {
    expect(withAdded(tree, ['include', 'all', 1], a)).toEqual({
      body: { label: 'x', include: { all: [a, { any: [b, c, a] }] } },
      at: ['include', 'all', 1, 'any', 2],
    })
    expect(withAdded({ include: a }, ['include'], b)).toEqual({
      body: { include: { all: [a, b] } },
      at: ['include', 'all', 1],
    })
    expect(withAdded({}, ['exclude'], b).body).toEqual({ exclude: { all: [b] } })
  })

  test('a condition is removed; the last of `include` leaves an empty group, of `exclude` nothing', () => {
    expect(withRemoved(tree, ['include', 'all', 0]).body).toEqual({
      label: 'x',
      include: { all: [{ any: [b, c] }] },
    })
    expect(withRemoved({ include: a, exclude: b }, ['exclude']).body).toEqual({ include: a })
    expect(withRemoved({ include: a }, ['include']).body).toEqual({ include: { all: [] } })
    expect(
      withRemoved({ include: { all: [{ not: a }, b] } }, ['include', 'all', 0, 'not']).body,
    ).toEqual({
      include: { all: [b] },
    })
  })

  test('wrapping and unwrapping undo each other', () => {
    for (const by of ['all', 'any', 'not'] as const) {
      const wrapped = withWrapped(tree, ['include', 'all', 1], by)
      expect(withUnwrapped(wrapped.body, wrapped.at).body).toEqual(tree)
    }
    expect(withUnwrapped(tree, ['include', 'all', 1]).body).toEqual({
      label: 'x',
      include: { all: [a, b, c] },
    })
    expect(canUnwrap(tree, ['include'])).toBe(false)
    expect(canUnwrap(tree, ['include', 'all', 1])).toBe(true)
    expect(canUnwrap(tree, ['include', 'all', 0])).toBe(false)
  })

  test('a group joins the other way and keeps its conditions', () => {
    expect(withJoining(tree, ['include', 'all', 1], 'all').body).toEqual({
      label: 'x',
      include: { all: [a, { all: [b, c] }] },
    })
  })

  test('a condition goes up and down, out of its group at the end, and no further than the outermost', () => {
    expect(withShifted(tree, ['include', 'all', 1, 'any', 0], 1)).toEqual({
      body: { label: 'x', include: { all: [a, { any: [c, b] }] } },
      at: ['include', 'all', 1, 'any', 1],
    })
    expect(withShifted(tree, ['include', 'all', 1, 'any', 0], -1)).toEqual({
      body: { label: 'x', include: { all: [a, b, { any: [c] }] } },
      at: ['include', 'all', 1],
    })
    expect(withShifted(tree, ['include', 'all', 1, 'any', 1], 1)).toEqual({
      body: { label: 'x', include: { all: [a, { any: [b] }, c] } },
      at: ['include', 'all', 2],
    })
    expect(canShift(tree, ['include', 'all', 0], -1)).toBe(false)
    expect(canShift(tree, ['include'], 1)).toBe(false)
    expect(canShift(tree, ['include', 'all', 0], 1)).toBe(true)
  })

  test('a condition is doubled beside itself', () => {
    expect(withDoubled(tree, ['include', 'all', 0]).body).toEqual({
      label: 'x',
      include: { all: [a, a, { any: [b, c] }] },
    })
    expect(withDoubled({ include: a }, ['include'])).toEqual({
      body: { include: { all: [a, a] } },
      at: ['include', 'all', 1],
    })
  })
})
