import { call, cast, type Part, sql, tryCast, value } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { raw } from './desk.ts'

/** A function of formulas, as the documentation and the console show it, and as it is written for engines. */
export interface FormulaFunction {
  readonly name: string
  /** The arguments in words; what stands in brackets may be left out, dots stand for more of the same. */
  readonly takes: string
  readonly about: string
  readonly example: { readonly formula: string; readonly gives: string | number | boolean | null }
  readonly least: number
  readonly most: number
  /** The type of the result; `first` is that of the first argument, `common` that which all arguments share. */
  readonly type: FieldType | 'first' | 'common'
  /** What the arguments must be: texts (others are turned into text), numbers, days or instants, or all alike. */
  readonly of: 'text' | 'number' | 'time' | 'alike' | 'any'
  /** From this argument on, each must be a text that is written out. */
  readonly writtenFrom?: number
  /** The written texts are formats of days and instants. */
  readonly formats?: boolean
  /** Arguments from this one on are numbers, whatever the others are. */
  readonly numbersFrom?: number
  /** The second argument is a written number up to this. */
  readonly bound?: number
  readonly write: (args: readonly Part[], type: FieldType | undefined) => Part
}

/** `name(a, b)`, where all engines call it alike. */
const plain =
  (name: string) =>
  (args: readonly Part[]): Part =>
    raw(`${name}(`, ...args.flatMap((arg, i) => (i === 0 ? [arg] : [', ', arg])), ')')

const orNull = (of: Part): Part => sql`nullif(${of}, ${value('')})`

const datePart =
  (part: string) =>
  ([of = raw('null')]: readonly Part[]): Part =>
    raw(`extract(${part} from `, of, ')')

/** A row of the table: texts in, text out, and the same name in all engines, unless it says otherwise. */
type Row = Pick<FormulaFunction, 'name' | 'takes' | 'about' | 'example'> & Partial<FormulaFunction>

const table: readonly Row[] = [
  {
    name: 'coalesce',
    takes: 'value, ...',
    about: 'The first value that is not null.',
    example: { formula: "coalesce(null, 'a', 'b')", gives: 'a' },
    type: 'common',
    of: 'alike',
  },
  {
    name: 'nullif',
    takes: 'value, other',
    about: 'Null when both are equal, otherwise the value.',
    example: { formula: "nullif('n/a', 'n/a')", gives: null },
    type: 'first',
    of: 'alike',
  },
  {
    name: 'greatest',
    takes: 'value, ...',
    about: 'The greatest of the values that are not null.',
    example: { formula: 'greatest(1, 3, 2)', gives: 3 },
    type: 'common',
    of: 'alike',
  },
  {
    name: 'least',
    takes: 'value, ...',
    about: 'The least of the values that are not null.',
    example: { formula: 'least(1, 3, 2)', gives: 1 },
    type: 'common',
    of: 'alike',
  },
  {
    name: 'concat',
    takes: 'value, ...',
    about: 'The values one after the other as text; null counts as empty.',
    example: { formula: "concat('a', null, 1)", gives: 'a1' },
  },
  {
    name: 'concat_ws',
    takes: 'separator, value, ...',
    about: 'The values that are not null as text, with the separator between them.',
    example: { formula: "concat_ws(' ', 'Ada', null, 'Lovelace')", gives: 'Ada Lovelace' },
  },
  {
    name: 'trim',
    takes: 'text [, letters]',
    about: 'The text without spaces, or without these letters, at both ends.',
    example: { formula: "trim('  a b ')", gives: 'a b' },
  },
  {
    name: 'ltrim',
    takes: 'text [, letters]',
    about: 'The text without spaces, or without these letters, at its beginning.',
    example: { formula: "ltrim('007', '0')", gives: '7' },
  },
  {
    name: 'rtrim',
    takes: 'text [, letters]',
    about: 'The text without spaces, or without these letters, at its end.',
    example: { formula: "rtrim('a  ')", gives: 'a' },
  },
  {
    name: 'lower',
    takes: 'text',
    about: 'The text in small letters.',
    example: { formula: "lower('Ada')", gives: 'ada' },
  },
  {
    name: 'upper',
    takes: 'text',
    about: 'The text in capital letters.',
    example: { formula: "upper('Ada')", gives: 'ADA' },
  },
  {
    name: 'title_case',
    takes: 'text',
    about: 'The text with a capital letter at the beginning of each word. Also known as initcap.',
    example: { formula: "title_case('ada LOVELACE')", gives: 'Ada Lovelace' },
    write: ([of = raw('null')]) => call('title_case', of),
  },
  {
    name: 'strip_accents',
    takes: 'text',
    about: 'The text with letters that carry no accents.',
    example: { formula: "strip_accents('Zoë')", gives: 'Zoe' },
    write: ([of = raw('null')]) => call('strip_accents', of),
  },
  {
    name: 'replace',
    takes: 'text, search, by',
    about: 'The text with every occurrence of one text replaced by another.',
    example: { formula: "replace('a-b-c', '-', '')", gives: 'abc' },
  },
  {
    name: 'regexp_replace',
    takes: 'text, pattern, by',
    about: 'The text with every match of a pattern replaced.',
    example: { formula: "regexp_replace('+49 (0) 30', '[^0-9]', '')", gives: '49030' },
    writtenFrom: 1,
    write: ([of = raw('null'), pattern = raw('null'), by = raw('null')]) =>
      call('replace_all', of, pattern, by),
  },
  {
    name: 'regexp_extract',
    takes: 'text, pattern',
    about: 'The first match of a pattern, null when there is none.',
    example: { formula: "regexp_extract('order 4711 of May', '[0-9]+')", gives: '4711' },
    writtenFrom: 1,
    write: ([of = raw('null'), pattern = raw('null')]) => call('extract_match', of, pattern),
  },
  {
    name: 'regexp_matches',
    takes: 'text, pattern',
    about: 'Whether a pattern matches somewhere in the text.',
    example: { formula: "regexp_matches('AB12', '^[A-Z]+[0-9]+$')", gives: true },
    type: 'boolean',
    of: 'text',
    writtenFrom: 1,
    write: ([of = raw('null'), pattern = raw('null')]) => call('matches', of, pattern),
  },
  {
    name: 'substr',
    takes: 'text, start [, length]',
    about: 'A part of the text; the first letter has the number 1. Also known as substring.',
    example: { formula: "substr('abcdef', 2, 3)", gives: 'bcd' },
    numbersFrom: 1,
    write: plain('substring'),
  },
  {
    name: 'left',
    takes: 'text, count',
    about: 'The first letters.',
    example: { formula: "left('abcdef', 2)", gives: 'ab' },
    numbersFrom: 1,
  },
  {
    name: 'right',
    takes: 'text, count',
    about: 'The last letters.',
    example: { formula: "right('abcdef', 2)", gives: 'ef' },
    numbersFrom: 1,
  },
  {
    name: 'length',
    takes: 'text',
    about: 'How many letters the text has.',
    example: { formula: "length('Zoë')", gives: 3 },
    type: 'integer',
    of: 'text',
  },
  {
    name: 'split_part',
    takes: 'text, separator, number',
    about: 'One of the parts between separators, the first is 1; null when there is none.',
    example: { formula: "split_part('de-DE-1996', '-', 2)", gives: 'DE' },
    numbersFrom: 2,
    write: ([of = raw('null'), by = raw('null'), n = raw('null')]) => call('split_part', of, by, n),
  },
  {
    name: 'lpad',
    takes: 'text, length, letters',
    about: 'The text filled up at its beginning to a length of at most 1000.',
    example: { formula: "lpad('42', 5, '0')", gives: '00042' },
    bound: 1000,
  },
  {
    name: 'digits',
    takes: 'text',
    about: 'Only the digits of the text; null when it has none.',
    example: { formula: "digits('+49 30/12-3')", gives: '4930123' },
    write: ([of = raw('null')]) => orNull(call('replace_all', of, value('[^0-9]'), value(''))),
  },
  {
    name: 'domain_of',
    takes: 'email',
    about: 'What stands behind the @ of an e-mail address, in small letters.',
    example: { formula: "domain_of('Ada@Example.ORG ')", gives: 'example.org' },
    write: ([of = raw('null')]) =>
      call('split_part', sql`lower(trim(${of}))`, value('@'), value(2)),
  },
  {
    name: 'hash',
    takes: 'value, ...',
    about:
      'A key made of the values, as text of digits: equal values give equal keys. Null when all are null.',
    example: { formula: "hash('a', 1) = hash('a', '1')", gives: true },
    write: writeHash,
  },
  {
    name: 'json_text',
    takes: 'json, path',
    about:
      'A value inside JSON as text, by its path; null where there is none, and of what is no JSON.',
    example: { formula: `json_text('{"a":{"b":1}}', '$.a.b')`, gives: '1' },
    writtenFrom: 1,
    write: ([of = raw('null'), path = raw('null')]) =>
      sql`case when ${call('json_is_valid', of)} then ${call('json_text', of, path)} end`,
  },
  {
    name: 'round',
    takes: 'number [, places]',
    about: 'The number rounded to so many places after the point; none unless said.',
    example: { formula: 'round(2.345, 2) = 2.35', gives: true },
    type: 'first',
    of: 'number',
  },
  {
    name: 'floor',
    takes: 'number',
    about: 'The whole number below.',
    example: { formula: 'floor(2.9) = 2', gives: true },
    type: 'first',
    of: 'number',
  },
  {
    name: 'ceil',
    takes: 'number',
    about: 'The whole number above.',
    example: { formula: 'ceil(2.1) = 3', gives: true },
    type: 'first',
    of: 'number',
  },
  {
    name: 'abs',
    takes: 'number',
    about: 'The number without its sign.',
    example: { formula: 'abs(-2)', gives: 2 },
    type: 'first',
    of: 'number',
  },
  {
    name: 'parse_date',
    takes: 'text, format, ...',
    about:
      'A day read by the first format that fits (%d day, %m month, %Y year, %b Jan, %y 26); null when none does.',
    example: { formula: "parse_date('31.12.2025', '%Y-%m-%d', '%d.%m.%Y')", gives: '2025-12-31' },
    type: 'date',
    of: 'text',
    writtenFrom: 1,
    formats: true,
    write: (args) => call('parse_date', ...args),
  },
  {
    name: 'parse_timestamp',
    takes: 'text, format, ...',
    about:
      'An instant read by the first format that fits (as parse_date, and %H %M %S %p %z); null when none does.',
    example: {
      formula: "parse_timestamp('31.12.2025 08:30', '%d.%m.%Y %H:%M')",
      gives: '2025-12-31T08:30:00.000Z',
    },
    type: 'timestamp',
    of: 'text',
    writtenFrom: 1,
    formats: true,
    write: (args) => call('parse_timestamp', ...args),
  },
  {
    name: 'to_date',
    takes: 'value',
    about: 'The value as a day; null when it is none.',
    example: { formula: "to_date('2026-02-30')", gives: null },
    type: 'date',
    of: 'any',
    write: ([of = raw('null')]) => tryCast(of, 'date'),
  },
  {
    name: 'to_timestamp',
    takes: 'value',
    about: 'The value as an instant; null when it is none.',
    example: { formula: "to_timestamp('2026-02-03 10:00:00')", gives: '2026-02-03T10:00:00.000Z' },
    type: 'timestamp',
    of: 'any',
    write: ([of = raw('null')]) => tryCast(of, 'timestamp'),
  },
  {
    name: 'year',
    takes: 'date',
    about: 'The year of a day or an instant.',
    example: { formula: "year(to_date('2026-02-03'))", gives: 2026 },
    type: 'integer',
    of: 'time',
    write: datePart('year'),
  },
  {
    name: 'month',
    takes: 'date',
    about: 'The month of a day or an instant, from 1 to 12.',
    example: { formula: "month(to_date('2026-02-03'))", gives: 2 },
    type: 'integer',
    of: 'time',
    write: datePart('month'),
  },
  {
    name: 'day',
    takes: 'date',
    about: 'The day of the month.',
    example: { formula: "day(to_date('2026-02-03'))", gives: 3 },
    type: 'integer',
    of: 'time',
    write: datePart('day'),
  },
  {
    name: 'date_add',
    takes: 'date, days',
    about: 'The day or instant so many days later.',
    example: { formula: "date_add(to_date('2026-02-27'), 2)", gives: '2026-03-01' },
    type: 'first',
    of: 'time',
    numbersFrom: 1,
    write: ([of = raw('null'), days = raw('null')], type) =>
      cast(call('add_days', of, days), type === 'timestamp' ? 'timestamp' : 'date'),
  },
  {
    name: 'date_diff',
    takes: 'from, to',
    about: 'How many days lie between two days or instants.',
    example: { formula: "date_diff(to_date('2026-02-27'), to_date('2026-03-01'))", gives: 2 },
    type: 'integer',
    of: 'time',
    write: ([from = raw('null'), to = raw('null')]) => call('days_between', from, to),
  },
  {
    name: 'if',
    takes: 'condition, value, otherwise',
    about: 'One of two values. More than two: case when ... then ... else ... end.',
    example: { formula: "if(1 < 2, 'yes', 'no')", gives: 'yes' },
    type: 'common',
    of: 'alike',
    write: ([condition = raw('null'), then = raw('null'), otherwise = raw('null')]) =>
      sql`case when ${condition} then ${then} else ${otherwise} end`,
  },
  {
    name: 'lookup',
    takes: 'stream, key field, value, result field',
    about:
      'The result field of the row of another stream whose key field has the value (the smallest when several have it).',
    example: { formula: "lookup('shops', 'code', 'B1', 'city')", gives: 'Berlin' },
    type: 'first',
    of: 'any',
    write: () => raw('null'),
  },
]

// Values are kept apart by a separator that texts do not hold, so that ('ab', 'c') is not ('a', 'bc').
function writeHash(args: readonly Part[]): Part {
  const separator = value('\u001f')
  const joined = args.flatMap((arg, i) => {
    const text = sql`coalesce(${arg}, '')`
    return i === 0 ? [text] : [sql` || ${separator} || `, text]
  })
  const any = plain('coalesce')(args)
  return sql`case when ${any} is not null then ${cast(call('key64', raw(...joined)), 'text')} end`
}

/** All functions of formulas, in the order in which they are shown. */
export const formulaFunctions: readonly FormulaFunction[] = table.map((row) => ({
  type: 'text',
  of: 'text',
  write: plain(row.name),
  ...arityOf(row.takes),
  ...row,
}))

// `text, start [, length]` takes two or three, `value, ...` one or more.
function arityOf(takes: string): { least: number; most: number } {
  const [needed = '', optional = ''] = takes.split(' [')
  const words = needed.split(', ')
  if (words.at(-1) === '...') return { least: words.length - 1, most: 50 }
  return { least: words.length, most: words.length + (optional === '' ? 0 : 1) }
}
