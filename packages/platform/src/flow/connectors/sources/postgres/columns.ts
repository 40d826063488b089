import type { FieldType } from '#kernel/scalar.ts'
import type { Column, Order, Statement } from '../sql/database.ts'

/** A type as the catalogue knows it. */
export interface PostgresType {
  readonly schema: string
  readonly name: string
  /** `A` for lists. */
  readonly category: string
  /** `c` for rows within rows. */
  readonly kind: string
}

/** How a column of this type is asked for, written and compared. `expression` names it. */
export function postgresColumn(
  name: string,
  expression: string,
  { type, quote }: { readonly type: PostgresType; readonly quote: (name: string) => string },
): Column {
  const known = type.schema === 'pg_catalog' ? forms[type.name] : undefined
  const isNested = type.category === 'A' || type.kind === 'c'
  const form = isNested ? nested : (known ?? {})
  return {
    name,
    expression: form.ask ? form.ask(expression) : expression,
    write: form.write ?? ((value) => value),
    ...(form.type ? { type: form.type } : {}),
    order: orderOf(expression, `${quote(type.schema)}.${quote(type.name)}`, form),
  }
}

/** What is particular about a type. */
interface Form {
  readonly type?: FieldType
  readonly ask?: (expression: string) => string
  readonly write?: (value: string) => string
  /** The value that no other is beyond. */
  readonly last?: string
  readonly before?: 'seconds' | 'steps'
}

// Where a year has other than four digits, or there is no end, a time is handed over as the database writes it.
const plainTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)$/
const zonedTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/

const truths: Readonly<Record<string, string>> = { t: 'true', f: 'false' }

const whole: Form = { type: 'integer', before: 'steps' }
const real: Form = { type: 'number', before: 'steps', last: 'NaN' }
const words: Form = { type: 'text' }
const nested: Form = { type: 'json', ask: (expression) => `to_json(${expression})` }

const forms: Readonly<Record<string, Form>> = {
  bool: { type: 'boolean', write: (value) => truths[value] ?? value },
  int2: whole,
  int4: whole,
  int8: whole,
  numeric: { before: 'steps', last: 'NaN' },
  float4: real,
  float8: real,
  // As it is written, money depends on the country of the server.
  money: { ask: (expression) => `${expression}::numeric` },
  text: words,
  varchar: words,
  // Blanks at the end are padding, not part of the value.
  bpchar: { type: 'text', write: (value) => value.replace(/ +$/, '') },
  uuid: words,
  bytea: {
    type: 'text',
    write: (value) => Buffer.from(value.slice(2), 'hex').toString('base64'),
  },
  date: { type: 'date', before: 'seconds', last: 'infinity' },
  timestamp: {
    type: 'timestamp',
    write: (value) => value.replace(plainTime, '$1T$2'),
    before: 'seconds',
    last: 'infinity',
  },
  timestamptz: {
    type: 'timestamp',
    write: (value) => value.replace(zonedTime, '$1T$2Z'),
    before: 'seconds',
    last: 'infinity',
  },
  json: { type: 'json' },
  jsonb: { type: 'json' },
}

const unordered = new Set(['json', 'xml', 'point', 'box', 'polygon', 'line', 'path'])

function orderOf(expression: string, type: string, { last, before }: Form): Order | string {
  const plain = type.replaceAll('"', '').replace('pg_catalog.', '')
  if (unordered.has(plain)) return `values of type ${plain} have no order`
  const bound = (value: string): Statement => [{ value }, `::${type}`]
  const placed = last ? `${expression} < '${last}'` : `${expression} is not null`
  const unplaced = last
    ? `(${expression} is null or ${expression} >= '${last}')`
    : `${expression} is null`
  return { bound, placed, unplaced, ...(before ? { before: befores[before](type, plain) } : {}) }
}

type Before = (type: string, plain: string) => NonNullable<Order['before']>

const befores: { readonly [kind in NonNullable<Form['before']>]: Before } = {
  seconds: (type) => (value, overlap) => [
    '(',
    { value },
    `::${type} - make_interval(secs => `,
    { value: overlap },
    '::float8))',
  ],
  // Small whole numbers have no room for what lies before the first of them.
  steps: (type, plain) => {
    const wide = plain.startsWith('int') ? 'int8' : type
    return (value, overlap) => ['(', { value }, `::${wide} - `, { value: overlap }, `::${wide})`]
  },
}
