import { isUtf8 } from 'node:buffer'
import type { FieldType } from '#kernel/scalar.ts'
import { connectorFaults } from '../../faults.ts'
import type { Column, Order } from '../sql/database.ts'

/** A column as the server tells of it. */
export interface MysqlField {
  readonly name: string
  readonly columnType: number
  readonly characterSet: number
  readonly flags: number
}

// After the protocol's column types; MariaDB and MySQL have the same.
const types = {
  DECIMAL: 0,
  TINY: 1,
  SHORT: 2,
  LONG: 3,
  FLOAT: 4,
  DOUBLE: 5,
  TIMESTAMP: 7,
  LONGLONG: 8,
  INT24: 9,
  DATE: 10,
  TIME: 11,
  DATETIME: 12,
  YEAR: 13,
  NEWDATE: 14,
  VARCHAR: 15,
  BIT: 16,
  VECTOR: 242,
  JSON: 245,
  NEWDECIMAL: 246,
  TINY_BLOB: 249,
  MEDIUM_BLOB: 250,
  LONG_BLOB: 251,
  BLOB: 252,
  VAR_STRING: 253,
  STRING: 254,
  GEOMETRY: 255,
} as const

/** What is particular about a type. */
interface Form {
  readonly type?: FieldType
  readonly ask?: (expression: string) => string
  readonly write?: (value: string) => string
  /** How values are compared: as numbers, as times, or as text. */
  readonly order?: 'whole' | 'decimal' | 'double' | 'time' | 'text' | 'bytes'
}

const whole: Form = { type: 'integer', order: 'whole' }
const words: Form = { type: 'text', order: 'text' }
const bytes: Form = { type: 'text', order: 'bytes' }
// What has no year, month or day is no time; it is handed over as the database writes it.
const time = /^((?!0000)\d{4}-(?!00)\d\d-(?!00)\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)$/

/** How a column of this type is asked for, written and compared. `expression` names it. */
export function mysqlColumn(field: MysqlField, expression: string): Column {
  const form = formOf(field)
  return {
    name: field.name,
    expression: form.ask ? form.ask(expression) : expression,
    write: form.write ?? ((value) => value),
    ...(form.type ? { type: form.type } : {}),
    order: orderOf(field, expression, form),
  }
}

function formOf(field: MysqlField): Form {
  const { columnType, flags } = field
  // Texts that are chosen from a list arrive as texts, and only here does one hear of the list.
  if ((flags & (enumFlag | setFlag)) !== 0) return { type: 'text' }
  if (columnType === types.LONGLONG) return isUnsigned(field) ? { order: 'whole' } : whole
  if (isBytes(field)) return bytes
  return forms[columnType] ?? words
}

const [unsignedFlag, enumFlag, setFlag] = [32, 256, 2048]

const isUnsigned = ({ flags }: MysqlField) => (flags & unsignedFlag) !== 0

const forms: Readonly<Record<number, Form>> = {
  [types.TINY]: whole,
  [types.SHORT]: whole,
  [types.INT24]: whole,
  [types.LONG]: whole,
  [types.YEAR]: { order: 'whole' },
  [types.DECIMAL]: { order: 'decimal' },
  [types.NEWDECIMAL]: { order: 'decimal' },
  // A single is printed with six digits; as a double it shows all that it has.
  [types.FLOAT]: {
    type: 'number',
    ask: (expression) => `${expression} * 1e0`,
    write: (value) => shortestSingle(Number(value)),
  },
  [types.DOUBLE]: { type: 'number', order: 'double' },
  [types.BIT]: { order: 'whole' },
  [types.DATE]: { type: 'date', order: 'time' },
  [types.NEWDATE]: { type: 'date', order: 'time' },
  [types.TIME]: { type: 'text' },
  [types.DATETIME]: {
    type: 'timestamp',
    write: (value) => value.replace(time, '$1T$2'),
    order: 'time',
  },
  [types.TIMESTAMP]: {
    type: 'timestamp',
    write: (value) => value.replace(time, '$1T$2Z'),
    order: 'time',
  },
  [types.JSON]: { type: 'json' },
}

/** The fewest digits that are this single-precision number and no other. */
function shortestSingle(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(Number(value.toPrecision(9)))
}

function orderOf({ name }: MysqlField, expression: string, { order }: Form): Order | string {
  if (order === undefined) return `the values of "${name}" have no order that could be gone on in`
  return {
    ...orders[order],
    placed: `${expression} is not null`,
    unplaced: `${expression} is null`,
  }
}

type Compared = Pick<Order, 'bound' | 'before'>

// Numbers are given as numbers: compared with a text, a large one would lose digits.
const orders: { readonly [kind in NonNullable<Form['order']>]: Compared } = {
  whole: {
    bound: (value) => [{ value: BigInt(value) }],
    before: (value, overlap) => [{ value: BigInt(value) - BigInt(overlap) }],
  },
  decimal: {
    bound: (value) => ['cast(', { value }, ' as decimal(65, 30))'],
    before: (value, overlap) => [
      '(cast(',
      { value },
      ' as decimal(65, 30)) - ',
      { value: overlap },
      ')',
    ],
  },
  double: {
    bound: (value) => [{ value: Number(value) }],
    before: (value, overlap) => [{ value: Number(value) - overlap }],
  },
  time: {
    bound: (value) => [{ value }],
    before: (value, overlap) => [
      'coalesce(date_sub(cast(',
      { value },
      ' as datetime(6)), interval ',
      { value: overlap },
      ' second), ',
      { value },
      ')',
    ],
  },
  text: { bound: (value) => [{ value }] },
  bytes: { bound: (value) => ['from_base64(', { value }, ')'] },
}

const binary = 63

const bytetypes: ReadonlySet<number> = new Set([
  types.VARCHAR,
  types.TINY_BLOB,
  types.MEDIUM_BLOB,
  types.LONG_BLOB,
  types.BLOB,
  types.VAR_STRING,
  types.STRING,
  types.GEOMETRY,
  types.VECTOR,
])

const isBytes = ({ columnType, characterSet }: MysqlField) =>
  characterSet === binary && bytetypes.has(columnType)

/** From the bytes of a value, as the server sends them, to text. */
export function decoderOf(field: MysqlField, at: string): (value: Buffer) => string {
  if (field.columnType === types.BIT)
    return (value) => BigInt(`0x${value.toString('hex')}`).toString()
  if (isBytes(field)) return (value) => value.toString('base64')
  return (value) => {
    const text = value.toString('utf8')
    if (!text.includes('\ufffd') || isUtf8(value)) return text
    throw connectorFaults.not_text({ of: at, column: field.name })
  }
}
