import Type from 'typebox'
import { expect, test } from 'vitest'
import { Fault } from './fault.ts'
import {
  either,
  exactly,
  flag,
  fromText,
  idText,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  problemsOf,
  read,
  record,
  text,
  webAddress,
  whole,
} from './read.ts'

const rule = object({
  key: key(),
  compare: list(object({ field: text(), by: oneOf(['exact', 'normalised', 'fuzzy']) }), {
    minItems: 1,
  }),
  weight: optional(number({ minimum: 0, maximum: 1 })),
})

const placesOf = (value: unknown) => problemsOf(rule, value).map(({ at }) => at)

test('accepts what fits', () => {
  const value = { key: 'same_person', compare: [{ field: 'email', by: 'exact' }] }
  expect(read(rule, value)).toEqual(value)
})

test('tells everything that is wrong at once, each with its place', () => {
  expect(placesOf({ key: 'Same Person', compare: [{ field: 1, by: 'fuzy' }], wieght: 2 })).toEqual([
    'key',
    'compare[0].field',
    'compare[0].by',
    'wieght',
  ])
})

test.each([
  [{ compare: [] }, 'key', 'is missing'],
  [{ key: 'a', compare: [] }, 'compare', 'needs at least 1 entries, has 0'],
  [{ key: 'a', compare: [{ field: 'x', by: 'fuzy' }] }, 'compare[0].by', 'did you mean "fuzzy"?'],
  [
    { key: 'a', compare: [{ field: 'x', by: 'exact' }], wieght: 1 },
    'wieght',
    'did you mean "weight"?',
  ],
  [{ key: 'a', compare: [{ field: 'x', by: 'exact' }], weight: 3 }, 'weight', 'maximum 1'],
  ['no', '', 'expected an object, found "no"'],
])('says of %j at "%s": %s', (value, at, say) => {
  expect(problemsOf(rule, value)).toContainEqual({
    code: 'kernel.unreadable',
    at,
    say: expect.stringContaining(say),
  })
})

const shape = either(
  object({ kind: exactly('circle'), radius: number() }),
  object({ kind: exactly('box'), width: number(), height: number() }),
)

test('of several shapes, speaks of the one that was meant', () => {
  expect(
    problemsOf(shape, { kind: 'box', width: 'x' }).map(({ at, say }) => `${at} ${say}`),
  ).toEqual(['height is missing', 'width expected a number, found "x"'])
})

test('of several plain shapes, names all', () => {
  expect(problemsOf(either(text(), list(text())), 3)[0]?.say).toBe(
    'expected text or a list, found 3',
  )
})

test('says what a pattern means, with an example, also of one among several shapes', () => {
  const clock = text({ pattern: '^\\d\\d:\\d\\d$', expected: 'a time of day such as 09:30' })
  const saysOf = (value: unknown, ...schemas: Parameters<typeof problemsOf>[0][]) =>
    schemas.map((schema) => problemsOf(schema, value)[0]?.say)
  expect(saysOf('9', clock, optional(clock), object({ at: clock }))).toEqual([
    'expected a time of day such as 09:30, found "9"',
    'expected a time of day such as 09:30, found "9"',
    'expected an object, found "9"',
  ])
  expect(saysOf('ftp://a.example', either(webAddress(), object({ secret: text() })))).toEqual([
    'expected an http or https address such as https://example.com/customers or an object with "secret", found "ftp://a.example"',
  ])
})

test('finds its way through shapes that contain themselves', () => {
  const tree = Type.Cyclic(
    { T: Type.Union([object({ all: list(Type.Ref('T')) }), object({ field: text() })]) },
    'T',
  )
  expect(problemsOf(tree, { all: [{ all: [{ field: 1 }] }] }).map(({ at }) => at)).toEqual([
    'all[0].all[0].field',
  ])
})

test('fills in defaults without touching what came', () => {
  const came = {}
  expect(read(object({ n: whole({ default: 3 }) }), came)).toEqual({ n: 3 })
  expect(came).toEqual({})
})

test('reads the texts of an address as what they mean', () => {
  const query = object({ limit: optional(whole()), all: optional(flag()) })
  expect(fromText(query, { limit: '20', all: 'true' })).toEqual({ limit: 20, all: true })
})

test('names of records are free, their values are not', () => {
  expect(problemsOf(record(number()), { a: 1, b: 'x' }).map(({ at }) => at)).toEqual(['b'])
})

test('throws one fault that holds every problem', () => {
  const thrown = (() => {
    try {
      return read(rule, { key: 1, compare: 2 }, 'rules[0]')
    } catch (fault) {
      return fault
    }
  })()
  expect(thrown).toBeInstanceOf(Fault)
  expect((thrown as Fault).problems.map(({ at }) => at)).toEqual([
    'rules[0].key',
    'rules[0].compare',
  ])
})

test('an id is a whole number of 64 bits', () => {
  const ids = object({ one: idText({ pattern: '^-?[0-9]{1,19}$' }), other: optional(idText()) })
  const saysOf = (one: string, other = '7') =>
    problemsOf(ids, { one, other }).map(({ at, say }) => `${at} ${say}`)
  const tooLong = 'is too long for an id, which is a whole number of 64 bits'
  expect(saysOf('-9223372036854775808', '9223372036854775807')).toEqual([])
  expect(saysOf('-9223372036854775809', '9223372036854775808')).toEqual([
    `one "-9223372036854775809" ${tooLong}`,
    `other "9223372036854775808" ${tooLong}`,
  ])
  expect(saysOf('ada')).toEqual(['one expected an id in digits such as 4711, found "ada"'])
})
