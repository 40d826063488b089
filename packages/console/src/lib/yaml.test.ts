import { expect, test } from 'vitest'
import { printYaml } from './yaml.ts'

test('a ruleset looks as people write it', () => {
  const text = printYaml({
    kind: 'ruleset',
    key: 'people',
    label: 'People: all of them',
    on: 'individual',
    match: [
      {
        key: 'email',
        label: 'Same e-mail address',
        all: [
          { object: 'contact_point_email', field: 'email_address', by: 'normalised' },
          { object: 'individual', field: 'last_name', by: 'exact', precision: 0.9 },
        ],
      },
    ],
    reconcile: { default: 'last_updated', sources: ['crm', 'shop'], fields: { name: 'most' } },
    limits: { blocked: { 'contact_point_email.email_address': ['no@reply', '-', '007'] } },
    empty: [],
    none: {},
  })
  expect(text).toBe(`kind: ruleset
key: people
label: "People: all of them"
on: individual
match:
  - key: email
    label: Same e-mail address
    all:
      - { object: contact_point_email, field: email_address, by: normalised }
      - { object: individual, field: last_name, by: exact, precision: 0.9 }
reconcile:
  default: last_updated
  sources: [crm, shop]
  fields: { name: most }
limits:
  blocked:
    contact_point_email.email_address: [no@reply, "-", "007"]
empty: []
none: {}
`)
})

test.each([
  'true',
  'No',
  'null',
  '',
  ' x',
  'x ',
  '12',
  '1e3',
  'a: b',
  'a #b',
  '- a',
  '"',
  "'",
  '~',
])('what would be read as something else is quoted: %j', (value) => {
  expect(printYaml({ value })).toBe(`value: ${JSON.stringify(value)}\n`)
})

test('what is too long for one line gets lines of its own', () => {
  const long = 'x'.repeat(60)
  expect(printYaml({ of: [{ a: long, b: long }], all: [long, long] })).toBe(
    `of:\n  - a: ${long}\n    b: ${long}\nall:\n  - ${long}\n  - ${long}\n`,
  )
})

test('text of several lines stands as it is, whatever it ends with', () => {
  const sql = 'select a\n  from b\n\nwhere c = 1'
  expect(printYaml({ sql, of: 1 })).toBe(
    'sql: |-\n  select a\n    from b\n\n  where c = 1\nof: 1\n',
  )
  expect(printYaml({ list: [{ sql: 'a\nb\n', c: { d: 1 } }] })).toBe(
    'list:\n  - sql: |\n      a\n      b\n    c: { d: 1 }\n',
  )
  expect(printYaml({ sql: 'a\nb\n\n' })).toBe('sql: |+\n  a\n  b\n\n')
})

test.each([' a\nb', 'a \nb', 'a\tb\nc', '\na', 'a\r\nb'])(
  'text whose blanks would be lost is quoted: %j',
  (value) => {
    expect(printYaml({ value })).toBe(`value: ${JSON.stringify(value)}\n`)
  },
)
