import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '#kernel/fault.ts'
import { columnNames } from '#kernel/names.ts'
import { ingestTypes } from '../index.ts'
import { fieldsFromOpenApi } from './from-open-api.ts'
import { objectNameProblem } from './names.ts'
import type { ObjectSchema } from './object-schema.ts'
import { openApiOf } from './open-api-of.ts'

const yaml = `openapi: 3.0.3
components:
  schemas:
    Exercise:
      type: object
      required: [id]
      properties:
        id: { type: string }
        createdDate: { type: string, format: date-time }
        birthday: { type: string, format: date }
        email: { type: string, format: email }
        total: { type: number }
        share: { type: number, format: percent }
        tax_exempt: { type: boolean }
`

const problemsIn = (...of: Parameters<typeof fieldsFromOpenApi>) => {
  try {
    fieldsFromOpenApi(...of)
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.problems.map(({ at, say }) => `${at}: ${say}`)
    throw thrown
  }
  return []
}

const schemas = (text: string) => `openapi: 3.0.0\ncomponents:\n  schemas:\n${text}`
const one = (property: string) =>
  schemas(`    A:\n      type: object\n      properties:\n        ${property}\n`)

test('objects and fields of a description', () => {
  const field = (label: string, name: string, type: string, required = false) => ({
    ...{ label, name, type, required },
  })
  expect(fieldsFromOpenApi(yaml)).toEqual([
    {
      name: 'Exercise',
      fields: [
        field('id', 'id', 'text', true),
        field('createdDate', 'created_date', 'timestamp'),
        field('birthday', 'birthday', 'date'),
        field('email', 'email', 'text'),
        field('total', 'total', 'number'),
        field('share', 'share', 'number'),
        field('tax_exempt', 'tax_exempt', 'boolean'),
      ],
    },
  ])
})

test.each([
  ['', /expected a description in OpenAPI 3.0/],
  ['openapi: 3.1.0', /expected a description in OpenAPI 3.0/],
  ['swagger: "2.0"', /expected a description in OpenAPI 3.0/],
  ['openapi: 3.0.1', /expected objects below components.schemas/],
  ['a: [', /it is not YAML: .*line/s],
  [schemas('    {}'), /components.schemas: names no object/],
  [schemas('    A: { type: object, properties: {} }'), /A: needs "type: object"/],
  [schemas('    A: { allOf: [] }'), /A: needs "type: object"/],
  [schemas('    Ä: { properties: { a: { type: string } } }'), /Ä: has characters/],
  [one('a: { type: object }'), /A.properties.a: its type has to be/],
  [one('a: { type: array }'), /A.properties.a: its type has to be/],
  [one('a: { $ref: x }'), /A.properties.a: its type has to be/],
  [one('a__b: { type: string }'), /two underscores/],
  [one('_a: { type: string }'), /does not begin with a letter/],
  [one('a b: { type: string }'), /has characters/],
  [one('Version: { type: string }'), /reserved/],
  [one(`${'a'.repeat(81)}: { type: string }`), /longer than 80/],
  [one('a: { type: string }\n        A: { type: string }'), /a and A are the same name/],
  [one('a: { type: string }\n      required: [b]'), /"b" is not among the properties/],
])('refused: %j', (text, why) => {
  expect(problemsIn(text).join('\n')).toMatch(why)
})

test('a thousand fields are allowed, one more is not', () => {
  const many = (n: number) =>
    one(Array.from({ length: n }, (_, i) => `f${i}: { type: string }`).join('\n        '))
  expect(fieldsFromOpenApi(many(1000))[0]?.fields).toHaveLength(1000)
  expect(problemsIn(many(1001))).toEqual([
    'components.schemas.A: has 1001 fields; 1000 are the most',
  ])
})

test('all problems are told at once', () => {
  expect(problemsIn(one('a__b: { type: string }\n        c: { type: list }'))).toHaveLength(2)
})

test('a later description keeps every object, every field and its type', () => {
  const before = fieldsFromOpenApi(yaml)
  expect(problemsIn(yaml, { before })).toEqual([])
  const renamed = yaml.replace('Exercise', 'EXERCISE').replace('email:', 'EMAIL:')
  expect(problemsIn(`${renamed}        more: { type: string }\n`, { before })).toEqual([])
  expect(problemsIn(yaml.replace('email', 'mail'), { before })).toEqual([
    'components.schemas.Exercise.properties.email: was there before; fields can be added, not removed',
  ])
  expect(problemsIn(yaml.replace('boolean', 'string'), { before })).toEqual([
    'components.schemas.Exercise.properties.tax_exempt: was of type boolean before and cannot become text',
  ])
  expect(problemsIn(one('a: { type: string }'), { before })).toEqual([
    'components.schemas.Exercise: was there before; objects can be added, not removed',
  ])
})

test('an object about what happened needs a time', () => {
  expect(problemsIn(yaml, { engagement: ['exercise'] })).toEqual([])
  const timeless = yaml.replace('date-time', 'date')
  expect(problemsIn(timeless, { engagement: ['exercise'] })).toEqual([
    'components.schemas.Exercise: is about what happened, so it needs a field of format date-time',
  ])
})

test('what is written is read back the same', () => {
  const label = fc
    .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/)
    .filter((name) => objectNameProblem(name) === undefined && name.toLowerCase() !== 'version')
  const field = fc.record({
    label,
    type: fc.constantFrom(...ingestTypes),
    required: fc.boolean(),
  })
  const byName = { selector: ({ label: of }: { label: string }) => of.toLowerCase() }
  const fields = fc.uniqueArray(field, { minLength: 1, maxLength: 8, ...byName }).map((all) => {
    const names = columnNames(all.map((of) => of.label))
    return all.map((of, i) => ({ name: names[i] ?? '', ...of }))
  })
  const objects: fc.Arbitrary<ObjectSchema[]> = fc.uniqueArray(fc.record({ name: label, fields }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ name }) => name.toLowerCase(),
  })
  fc.assert(
    fc.property(objects, (declared) => {
      expect(fieldsFromOpenApi(openApiOf(declared))).toEqual(declared)
    }),
    { numRuns: 100 },
  )
})
