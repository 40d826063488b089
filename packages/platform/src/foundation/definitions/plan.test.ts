import { expect, test } from 'vitest'
import { either, object, optional, text } from '#kernel/read.ts'
import { secretRef } from './definition.ts'
import { readFiles } from './documents.ts'
import { defineKind, gatherKinds } from './kind.ts'
import { isEmptyPlan, type Plan, planReading, planWish } from './plan.ts'
import { printPlan } from './print-plan.ts'
import { shapeOf } from './shape.ts'
import { trial } from './testing/index.ts'
import { pick, shelf, shop } from './testing/shop.ts'

const at = (n: number, of: { kind: string; key: string; body: object }) => ({
  ...of,
  version: n,
  changedAt: '2026-01-01T00:00:00.000Z',
})
const a = at(3, { kind: 'shelf', key: 'a', body: { fields: ['name', 'city'], height: 2 } })
const p = at(1, { kind: 'pick', key: 'p', body: { shelf: 'a', order: ['city'] } })
const standing = (...current: ReturnType<typeof at>[]) => ({
  kinds: gatherKinds(shop),
  current,
  broken: new Set<string>(),
})
const read = (text: string) => readFiles([{ file: 'f.yaml', text }])
const told = ({ problems }: Plan) => problems.map(({ at, say }) => `${at}: ${say}`)

test.each(['', '  ', '\u00a0\t'])('a name of blanks (%j) is refused', (label) => {
  const named = defineKind({
    kind: 'door',
    label: 'Door',
    schema: object({ label: optional(text()) }),
  })
  const written = `kind: door\nkey: front\nlabel: ${JSON.stringify(label)}\n`
  expect(trial([named], written).plan.problems).toMatchObject([
    { code: 'definitions.blank_label', path: 'label' },
  ])
})

test('says what is new, what changes, what goes and what stays', () => {
  const text = [
    'kind: shelf\nkey: a\nfields: [city, name, street]\n',
    'kind: pick\nkey: q\nshelf: a\norder: [street]\n',
    'kind: shelf\nkey: b\nfields: []\nheight: 2\n',
  ].join('---\n')
  const b = at(1, { kind: 'shelf', key: 'b', body: { height: 2, fields: [] } })
  const plan = planReading(read(text), standing(a, p, b), { prune: true })
  expect(printPlan(plan)).toBe(
    [
      '+ pick/q  (f.yaml:5)',
      '~ shelf/a  (f.yaml:1)',
      '    - fields[0]: "name"',
      '    - fields[1]: "city"',
      '    + fields[0]: "city"',
      '    + fields[1]: "name"',
      '    + fields[2]: "street"',
      '- pick/p',
      '',
      'Plan: 1 to create, 1 to change, 1 to remove, 1 unchanged.',
    ].join('\n'),
  )
  expect(plan.change[0]?.over).toBe(3)
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
})

test('without prune, what no file speaks of stays', () => {
  const plan = planReading(read(''), standing(a, p))
  expect(isEmptyPlan(plan)).toBe(true)
  expect(printPlan(plan)).toBe('Plan: 0 to create, 0 to change, 0 to remove, 0 unchanged.')
})

test('tells everything that is wrong, shapes before what lies between, each in its line', () => {
  const text = [
    'kind: shelf\nkey: b\nfields: [name, Bad Name]\nheigth: 3\npassword: hunter2\n',
    'kind: pick\nkey: on_broken\nshelf: b\norder: [nowhere]\n',
    'kind: pick\nkey: x\nshelf: c\n',
    'kind: pick\nkey: y\nshelf: aa\n',
    'kind: pick\nkey: y\nshelf: a\n',
    'kind: pik\nkey: z\n',
    'kind: pick\nkey: w\nshelf: a\norder:\n  - name\n  - nam\nwhere:\n  all:\n    - { field: name, is: 3 }\n',
  ].join('---\n')
  const plan = planReading(read(text), standing(a, p))
  expect(told(plan)).toEqual([
    'f.yaml:21:1 key: pick/y is also defined at f.yaml:16',
    'f.yaml:5:1 password: expects { secret: "name" } and not the secret itself; set the secret under a name, then give that name here',
    'f.yaml:3:16 fields[1]: expected a key such as new_customers: up to 63 small letters, digits and _, the first a letter, found "Bad Name"',
    'f.yaml:4:1 heigth: is not known here; did you mean "height"?',
    'f.yaml:24:1 kind: there is no kind "pik"; did you mean "pick"?',
    'f.yaml:35:22 where.all[0].is: expected text, found 3',
    'f.yaml:14:1 shelf: needs the shelf "c", which is not defined; did you mean "a"?',
    'f.yaml:18:1 shelf: needs the shelf "aa", which is not defined; did you mean "a"?',
  ])
  expect(printPlan(plan)).toMatch(/^8 problems; nothing can be applied.\n {2}f.yaml:21:1 key: pick/)
  expect(JSON.stringify(plan)).not.toContain('hunter2')
})

test('what is left alone is judged too when something under it changes', () => {
  const plan = planReading(read('kind: shelf\nkey: a\nfields: [name]\n'), standing(a, p))
  expect(told(plan)).toEqual(['pick/p order[0]: a has no field "city"'])
})

test('an old problem of something untouched does not stand in the way', () => {
  const old = at(1, { kind: 'pick', key: 'old', body: { shelf: 'a', order: ['gone'] } })
  const lost = at(1, { kind: 'pick', key: 'lost', body: { shelf: 'nowhere' } })
  const text = 'kind: pick\nkey: q\nshelf: a\n'
  expect(told(planReading(read(text), standing(a, old, lost)))).toEqual([])
})

test('a kept definition of an older shape is not shown to checks', () => {
  const broken = new Set(['shelf/a'])
  const wish = { put: [{ kind: 'pick', key: 'q', body: { shelf: 'a' } }], remove: [] }
  expect(told(planWish(wish, { ...standing(a), broken }))).toEqual([])
})

test('what others need cannot go alone', () => {
  const plan = planReading(read('kind: pick\nkey: p\nshelf: a\n'), standing(a, p), { prune: true })
  expect(told(plan)).toEqual([
    'shelf/a: cannot be removed: pick/p still needs it; remove that too or change it first',
  ])
  expect(told(planReading(read(''), standing(a, p), { prune: true }))).toEqual([])
})

test('long text is compared line by line', () => {
  const old = at(1, {
    kind: 'pick',
    key: 'p',
    body: { shelf: 'a', sql: 'select a\nfrom t\nwhere x\n' },
  })
  const text = 'kind: pick\nkey: p\nlabel: New\nshelf: a\nsql: |\n  select a\n  from u\n  where x\n'
  expect(printPlan(planReading(read(text), standing(a, old)))).toBe(
    [
      '~ pick/p  (f.yaml:1)',
      '    sql:',
      '      - from t',
      '      + from u',
      '    + label: "New"',
      '',
      'Plan: 0 to create, 1 to change, 0 to remove, 0 unchanged.',
    ].join('\n'),
  )
})

test('what the program brings itself may be needed without being defined', () => {
  const kinds = gatherKinds([
    { ...shelf, given: ['built_in'] },
    { ...pick, check: () => [] },
  ])
  const text = 'kind: pick\nkey: q\nshelf: built_in\n---\nkind: pick\nkey: r\nshelf: built_on\n'
  expect(told(planReading(read(text), { ...standing(), kinds }))).toEqual([
    'f.yaml:7:1 shelf: needs the shelf "built_on", which is not defined; did you mean "built_in"?',
  ])
})

test('two kinds of one name are a bug', () => {
  expect(() => gatherKinds([shelf, pick, shelf])).toThrow('same name')
})

test('what may stand in plain or be the name of a secret is not told as a secret', () => {
  const schema = object({ url: either(text({ pattern: '^https?://' }), secretRef) })
  const placesIn = (value: unknown) => {
    const shape = shapeOf(schema, value)
    return shape.isSound ? [] : shape.problems.map(({ at, say }) => `${at}: ${say}`)
  }
  expect(placesIn({ url: 'https://example.com', nope: 1 })).toEqual(['nope: is not known here'])
  expect(placesIn({ url: 'hunter2' })).toEqual([expect.stringContaining('url: expects { secret:')])
  let deep = {}
  for (let i = 0; i < 5000; i++) deep = { url: deep }
  expect(placesIn(deep)).toEqual([': this is nested more than 128 levels deep; take it apart'])
})
