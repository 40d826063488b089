import { duckdb as dialect } from '../dialects/duckdb.ts'
import { quoted } from '../print.ts'

const name = (of: string) => quoted(of, dialect)
const text = (of: string) => `'${of.replaceAll("'", "''")}'`

// Signs that nobody has a letter for: between them stands a number whose digits are to stay.
const [opens, closes] = ['\uE000', '\uE001']

/** Numbers with more digits than a double keeps for sure, where no text begins before them. */
const longNumber = `[:,\\[\\s-](?:${[
  '[0-9]{16,}[.eE]',
  ...Array.from({ length: 15 }, (_, i) => `[0-9]{${i + 1}}\\.[0-9]{${15 - i},}`),
].join('|')})`

/** A long number, or else what is stepped over: a text, or a number that has an exponent. */
const numberOrText =
  '(-?[0-9.]{16,}(?:[eE][-+]?[0-9]+)?)|("(?:\\\\.|[^"\\\\])*"|[0-9.]+[eE][-+]?[0-9]+)'

/** A member of JSON objects, and the column that it becomes. */
interface MemberColumn {
  readonly label: string
  readonly name: string
}

/**
 * A query that takes lines apart: all columns of the lines, `_whole` (whether a line is an object) and a text for each member. All
 * members in one reading, because the engine would read the line anew for each. Numbers keep their digits, in nested values as well.
 */
export function takenApart(lines: string, members: readonly MemberColumn[]): string {
  const isObject = dialect.functions.json_is_object
  if (typeof isObject !== 'function') throw new Error('the dialect cannot tell objects')
  const cells = members.map(({ name: of }, i) => `_cells[${i + 1}] as ${name(of)}`)
  const paths = members.map(({ label }) => text(pointerTo(label)))
  const read = `json_extract_string(case when _whole then case when _long then ${withMarks('line')} else line end end, [${paths.join(', ')}])`
  const kept = `list_transform(_cells, lambda cell: regexp_replace(cell, '"?[${opens}${closes}]"?', '', 'g'))`
  return `
    select ${['* exclude (_long, _cells)', ...cells].join(', ')} from (
      select * replace (case when _long then ${kept} else _cells end as _cells) from (
        select *, ${members.length === 0 ? 'cast([] as varchar[])' : read} as _cells from (
          select *, ${isObject('line')} as _whole,
            regexp_matches(line, ${text(longNumber)}) and not regexp_matches(line, '[${opens}${closes}]') as _long
          from (${lines}))))`
}

/** A line whose long numbers are texts between signs: the engine reads numbers as doubles. Zeros at their end say nothing. */
function withMarks(line: string): string {
  const marked = `regexp_replace(${line}, ${text(numberOrText)}, '"${opens}\\1${closes}"\\2', 'g')`
  const numbers = `replace(${marked}, '"${opens}${closes}"', '')`
  const shortened = `regexp_replace(${numbers}, '(\\.[0-9]*?)0+${closes}', '\\1${closes}', 'g')`
  return `replace(${shortened}, '.${closes}', '.0${closes}')`
}

/** Where a member of an object is, whatever its name holds. */
const pointerTo = (label: string) => `/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Whether a statement can say the name of a member: a text ends for the engine where this sign stands. */
export const isSayable = (label: string): boolean => !label.includes('\0')
