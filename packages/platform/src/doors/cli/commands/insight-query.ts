import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf, tableOfRecords } from '../table.ts'
import { wordOf } from '../words.ts'

type Cells = Readonly<Record<string, unknown>>

interface Rows {
  readonly rows: readonly Cells[]
}

const pathOf = (key: string) => `/insights/${encodeURIComponent(key)}`

/** Puts the rows of an insight together. */
export const insightQuery: Command = {
  name: 'insight-query',
  takes: '<insight> [<dimension>[:<unit>] ...]',
  about: 'Put the rows of an insight together by fewer dimensions or coarser times (month:year)',
  options: {
    total: { type: 'boolean', about: 'By no dimension at all: one row for everything' },
    measures: { type: 'string', about: 'Only these, with commas between; all unless set' },
    where: { type: 'string', about: 'Which rows: an expression over dimensions and measures' },
    order: {
      type: 'string',
      about: 'By which columns, with commas between; `name:down` begins with the largest',
    },
    limit: { type: 'string', about: 'How many rows; 100 unless set' },
  },
  run: async (call, { client, out }) => {
    const path = `${pathOf(wordOf(insightQuery, call))}/query`
    const { total, measures, where, order, limit = '100' } = call.options
    const dimensions = call.words.slice(1).map(dimensionIn)
    const body = {
      ...(dimensions.length > 0 || total === true ? { dimensions } : {}),
      ...(typeof measures === 'string' ? { measures: listIn(measures) } : {}),
      ...(typeof where === 'string' ? { where } : {}),
      ...(typeof order === 'string' ? { order: listIn(order).map(orderIn) } : {}),
      limit: Number(limit),
    }
    // The endpoint answers with this shape; see the insights room.
    const found = (await (await client()).call('POST', path, { body })) as Rows
    if (out.isJson) return out.print(JSON.stringify(found, null, 2))
    out.print(found.rows.length === 0 ? 'no rows' : tableOfRecords(found.rows))
  },
}

const listIn = (words: string): readonly string[] =>
  words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

function dimensionIn(word: string) {
  const [name = '', by] = word.split(':')
  return by === undefined ? name : { name, by }
}

function orderIn(word: string) {
  const [by = '', way] = word.split(':')
  return way === 'down' ? { by, descending: true } : { by }
}

interface Compared {
  readonly before?: { readonly rows: number }
  readonly after: { readonly rows: number }
  readonly measures: readonly {
    readonly name: string
    readonly before?: number
    readonly after?: number
  }[]
  readonly added?: number
  readonly gone?: number
  readonly different?: number
  readonly note?: string
}

/** Computes an insight beside its rows, or SQL that is no insight yet. */
export const insightPreview: Command = {
  name: 'insight-preview',
  takes: '[insight]',
  about:
    'Compute an insight beside the rows that are kept, or the first rows of SQL; keeps nothing',
  options: {
    sql: { type: 'string', about: 'The first rows of this SQL, instead of an insight' },
    limit: { type: 'string', about: 'Of SQL: how many rows; 20 unless set' },
  },
  run: async (call, { client, out }) => {
    const { sql, limit = '20' } = call.options
    const [key] = call.words
    if (typeof sql === 'string') {
      const body = { sql, limit: Number(limit) }
      // As above.
      const found = (await (await client()).call('POST', '/insights/preview', { body })) as Rows
      if (out.isJson) return out.print(JSON.stringify(found, null, 2))
      return out.print(found.rows.length === 0 ? 'no rows' : tableOfRecords(found.rows))
    }
    if (key === undefined)
      throw cliFaults.missing_word({ command: insightPreview.name, takes: '<insight> or --sql' })
    const path = `${pathOf(key)}/preview`
    // As above.
    const compared = (await (await client()).call('POST', path, { body: {} })) as Compared
    out.print(out.isJson ? JSON.stringify(compared, null, 2) : comparedText(compared))
  },
}

function comparedText({ before, after, measures, note, ...counts }: Compared): string {
  const columns = [
    { title: '' },
    { title: 'kept', align: 'right' },
    { title: 'now', align: 'right' },
  ] as const
  const rows = [
    ['rows', before?.rows, after.rows],
    ...measures.map((one) => [one.name, one.before, one.after]),
  ]
  const told = (['added', 'gone', 'different'] as const).flatMap((word) =>
    counts[word] === undefined ? [] : [`${grouped(counts[word])} ${word}`],
  )
  return [
    tableOf(columns, rows),
    ...(told.length === 0 ? [] : [told.join(', ')]),
    ...(note === undefined ? [] : [note]),
  ].join('\n')
}

/** Shows the SQL of an insight. */
export const insightSql: Command = {
  name: 'insight-sql',
  takes: '<insight>',
  about: 'Show the SQL of an insight, also of one that is built from parts',
  run: async (call, { client, out }) => {
    const path = `${pathOf(wordOf(insightSql, call))}/sql`
    // As above.
    const told = (await (await client()).call('GET', path)) as { readonly sql: string }
    out.print(out.isJson ? JSON.stringify(told, null, 2) : told.sql)
  },
}
