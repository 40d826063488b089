import type { FieldType } from '#kernel/scalar.ts'

/** A double keeps fifteen digits for sure: so many before the point, and with those behind it no more than that together. */
const sureDigits = [
  '0(\\.[0-9]{1,15})?',
  '[1-9][0-9]{0,14}',
  ...Array.from({ length: 14 }, (_, i) => `[1-9][0-9]{${i}}\\.[0-9]{1,${14 - i}}`),
].join('|')

/**
 * How a value must be written so that its type prints it back as it was: no lost zeros, no lost digits, no lost time of day.
 * In the order in which types are inferred, the narrowest first; what matches none is text.
 */
export const writtenLike: { readonly [type in FieldType]?: string } = {
  boolean: '^(true|false|TRUE|FALSE|True|False)$',
  integer: '^-?(0|[1-9][0-9]{0,17})$',
  decimal: '^-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,4})?$',
  number: `^-?(${sureDigits})([eE][-+]?[0-9]{1,2})?$`,
  date: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
  timestamp:
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$',
  json: '^\\s*[\\[{].*[\\]}]\\s*$',
}
