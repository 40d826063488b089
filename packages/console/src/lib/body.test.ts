import { describe, expect, test } from 'vitest'
import { placeOf, textAt, textsAt, valueAt, withEntry, withMoved, withValue } from './body.ts'

const body = {
  on: 'individual',
  model: { weights: [1, 2] },
  match: [
    { key: 'a', all: [{ object: 'individual', field: 'name', by: 'near', precision: 0.9 }] },
    { key: 'b', all: [] },
  ],
}

test('places are named as the server names them', () => {
  expect(placeOf(['match', 0, 'all', 1, 'field'])).toBe('match[0].all[1].field')
  expect(placeOf(['limits', 'blocked', 'individual.name'])).toBe('limits.blocked.individual.name')
})

test('what stands in a place is read, and nothing where nothing is', () => {
  expect(textAt(body, ['match', 0, 'all', 0, 'by'])).toBe('near')
  expect(textAt(body, ['match', 9, 'key'])).toBe('')
  expect(textsAt({ sources: ['crm', 7, 'shop'] }, ['sources'])).toEqual(['crm', 'shop'])
})

describe('a change', () => {
  test('leaves everything else as it is, also what nobody here knows', () => {
    const next = withValue(body, ['match', 0, 'all', 0, 'field'], 'last_name')
    expect(valueAt(next, ['match', 0, 'all', 0])).toEqual({
      object: 'individual',
      field: 'last_name',
      by: 'near',
      precision: 0.9,
    })
    expect(next['model']).toBe(body.model)
    expect(valueAt(next, ['match', 1])).toBe(body.match[1])
    expect(body.match[0]?.all[0]?.field).toBe('name')
  })

  test('makes what is missing on the way', () => {
    expect(withValue({ on: 'individual' }, ['limits', 'block'], 20)).toEqual({
      on: 'individual',
      limits: { block: 20 },
    })
  })

  test('takes away a member, and the part that is empty then; never an entry of a list by accident', () => {
    expect(withValue({ limits: { block: 20 } }, ['limits', 'block'], undefined)).toEqual({})
    expect(withValue({ limits: { block: 2, of: 1 } }, ['limits', 'block'], undefined)).toEqual({
      limits: { of: 1 },
    })
    expect(withValue({ match: [{ label: 'x' }] }, ['match', 0, 'label'], undefined)).toEqual({
      match: [{}],
    })
  })

  test('takes away an entry, adds one, and moves one', () => {
    const keys = (of: object) => (valueAt(of, ['match']) as { key: string }[]).map(({ key }) => key)
    expect(keys(withValue(body, ['match', 0], undefined))).toEqual(['b'])
    expect(keys(withEntry(body, ['match'], { key: 'c' }))).toEqual(['a', 'b', 'c'])
    expect(keys(withMoved(body, ['match'], 0, 1))).toEqual(['b', 'a'])
    expect(withMoved(body, ['match'], 0, -1)).toBe(body)
    expect(withEntry({}, ['match'], 1)).toEqual({ match: [1] })
  })
})
