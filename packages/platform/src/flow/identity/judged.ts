import { call, column, every, type Part, sql, value } from '#engine'
import { modelTable } from '#model'
import type { NamedRecord } from './api.ts'
import type { Subject } from './definition.ts'
import type { JudgedPair } from './model-labels.ts'

/** Pairs that people judged, by the keys of their records: `left`, `right`, `is_match`. Who is not there has no pair. */
export function judgedRecords(pairs: readonly JudgedPair[], on: Subject): Part {
  const names = ({ space, source, stream, id }: NamedRecord) => [space, source, stream, id]
  const lines = pairs.map(({ left, right, is_match }) =>
    [...names(left), ...names(right), is_match ? 'yes' : 'no'].join(separators.cell),
  )
  const cell = (i: number) => call('split_part', sql`line`, value(separators.cell), value(i))
  const records = sql`(select distinct _key as record, _space, _source, _stream, id from ${modelTable(on)} where _key is not null)`
  const isThe = (of: string, first: number) =>
    every(
      ['_space', '_source', '_stream', 'id'].map(
        (name, i) => sql`${column(name, of)} = ${cell(first + i)}`,
      ),
    )
  return sql`select a.record as ${column('left')}, b.record as ${column('right')}, ${cell(9)} = 'yes' as is_match
    from (select ${call('unnest', call('split', value(lines.join(separators.line)), value(separators.line)))} as line) j
    join ${records} a on ${isThe('a', 1)} join ${records} b on ${isThe('b', 5)} where a.record <> b.record`
}

// No id has them: they are signs for separating.
const separators = { cell: '\u001f', line: '\u001e' } as const
