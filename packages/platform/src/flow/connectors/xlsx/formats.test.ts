import { expect, test } from 'vitest'
import { kindOfCode, maskOfCode } from './formats.ts'

test.each([
  ['General', 'number'],
  ['#,##0.00 "days"', 'number'],
  ['0.00E+00', 'number'],
  ['[Red]-#,##0;[Blue]0', 'number'],
  ['_-* #,##0.00\\ [$€-407]_-', 'number'],
  ['\\d0', 'number'],
  ['yyyy-mm-dd', 'date'],
  ['[$-407]d. mmmm yyyy;@', 'date'],
  ['mmm', 'date'],
  ['dd.mm.yyyy hh:mm', 'instant'],
  ['m/d/yy h:mm AM/PM', 'instant'],
  ['h:mm AM/PM', 'time'],
  ['mm:ss.0', 'time'],
  ['[h]:mm:ss', 'elapsed'],
  ['[mm]:ss', 'elapsed'],
] as const)('%s shows a %s', (code, kind) => {
  expect(kindOfCode(code)).toBe(kind)
})

test.each([
  ['00000', '00000'],
  ['000\\-00\\-0000', '000-00-0000'],
  ['\\(000") "000\\-0000;@', '(000) 000-0000'],
  ['[$-409]00000', '00000'],
  ['0', undefined],
  ['0.00', undefined],
  ['#,##0', undefined],
  ['00%', undefined],
  ['00 "km"', undefined],
  ['[<=9999999]000-0000;(000) 000-0000', undefined],
  ['yyyy-mm-dd', undefined],
])('%s shows the zeros in front as %s', (code, mask) => {
  expect(maskOfCode(code)?.mask).toBe(mask)
})
