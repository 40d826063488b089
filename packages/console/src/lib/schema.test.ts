import { expect, test } from 'vitest'
import { choicesIn, membersAt, plainTypeIn, schemaOfKind } from './schema.ts'

const criterion = (by: readonly string[], more: Record<string, unknown> = {}) => ({
  type: 'object',
  properties: { object: { type: 'string' }, by: { enum: by }, ...more },
})

const all = {
  oneOf: [
    { properties: { kind: { const: 'segment' } } },
    {
      properties: {
        kind: { const: 'ruleset' },
        match: {
          type: 'array',
          items: {
            properties: {
              all: {
                type: 'array',
                items: {
                  anyOf: [
                    criterion(['exact', 'normalised']),
                    criterion(['near'], { precision: { type: 'number', minimum: 0 } }),
                  ],
                },
              },
            },
          },
        },
        reconcile: { $ref: '#/$defs/ruleset_reconcile' },
      },
    },
  ],
  $defs: { ruleset_reconcile: { properties: { default: { enum: ['last'] } } } },
}

const ruleset = schemaOfKind(all, 'ruleset')

test('a kind is found, another is not', () => {
  expect([...membersAt(ruleset, []).keys()]).toEqual(['kind', 'match', 'reconcile'])
  expect(schemaOfKind(all, 'journey')).toBeUndefined()
  expect(membersAt(undefined, []).size).toBe(0)
})

test('of a choice of shapes, the members and words of all of them', () => {
  const members = membersAt(ruleset, ['match', 3, 'all', 0])
  expect([...members.keys()]).toEqual(['object', 'by', 'precision'])
  expect(choicesIn(members.get('by'))).toEqual(['exact', 'normalised', 'near'])
  expect([...members].map(([, member]) => plainTypeIn(member))).toEqual([
    'text',
    undefined,
    'number',
  ])
})

test('a shape that is named apart is followed', () => {
  expect(choicesIn(membersAt(ruleset, ['reconcile']).get('default'))).toEqual(['last'])
})
