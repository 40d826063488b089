import { type PartOf, plainText, readWholeXml } from '../text/xml.ts'

/** What the number of a cell stands for, as its format shows it. */
export type NumberKind = 'number' | 'date' | 'instant' | 'time' | 'elapsed'

/** A number that stands for digits, such as a postal code: zeros are kept in front, and what its format puts between them. */
export interface DigitMask {
  readonly mask: string
}

/** The kind of each cell style, by its number. */
export async function readStyles(
  content: AsyncIterable<Uint8Array>,
  of: PartOf,
): Promise<readonly (NumberKind | DigitMask)[]> {
  const custom = new Map<string, NumberKind | DigitMask>()
  const kinds: (NumberKind | DigitMask)[] = []
  let isCell = false
  await readWholeXml(
    content,
    {
      open: (name, attributes) => {
        if (name === 'cellXfs') isCell = true
        if (name === 'numFmt') {
          const { numFmtId = '', formatCode = '' } = attributes()
          const code = plainText(formatCode)
          custom.set(numFmtId, maskOfCode(code) ?? kindOfCode(code))
        }
        if (name === 'xf' && isCell) {
          const { numFmtId = '0' } = attributes()
          kinds.push(custom.get(numFmtId) ?? kindOfNumber(Number(numFmtId)))
        }
      },
      close: (name) => {
        if (name === 'cellXfs') isCell = false
      },
    },
    of,
  )
  return kinds
}

/**
 * What a format code shows. A month alone is a date and minutes beside hours or seconds are time, though both are written
 * `m`; hours in brackets count on beyond the day.
 */
export function kindOfCode(code: string): NumberKind {
  const [positive = ''] = bare(code).split(';')
  const hasTime = /[hs]/i.test(positive)
  if (/[yd]/i.test(positive)) return hasTime ? 'instant' : 'date'
  if (/\[(h+|m+|s+)\]/i.test(positive)) return 'elapsed'
  if (hasTime) return 'time'
  return /m/i.test(positive) ? 'date' : 'number'
}

/** The mask of a format that shows zeros in front (`00000`, `000-00-0000`); nothing for all others. */
export function maskOfCode(code: string): DigitMask | undefined {
  const [first = ''] = code.split(';')
  const mask = first.replace(/\[\$-[^\]]*\]|@/g, '').replace(/\\([-() /])|"([-() /]+)"/g, '$1$2')
  return /^[-() /0]*$/.test(mask) && /0.*0/.test(mask) ? { mask } : undefined
}

// Without what is only shown: quoted and escaped letters, padding, colours, conditions, countries, the halves of the day.
const bare = (code: string) =>
  code
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '')
    .replace(/AM\/PM|A\/P|General/gi, '')

// The formats that every workbook has (ECMA-376, 18.8.30); 27 to 36 and 50 to 58 are dates of East Asia.
function kindOfNumber(id: number): NumberKind {
  if (id === 46) return 'elapsed'
  if (id === 22) return 'instant'
  if ([18, 19, 20, 21, 45, 47].includes(id)) return 'time'
  const isDate = [
    [14, 17],
    [27, 36],
    [50, 58],
  ].some(([from = 0, to = 0]) => id >= from && id <= to)
  return isDate ? 'date' : 'number'
}
