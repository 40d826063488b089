import type { Cell, Row } from '#engine'
import { type Route, route } from '#kernel/route.ts'
import { checkBody, functionsAnswer, queryAnswer, queryBody, relationsAnswer } from './api.ts'
import type { Explore } from './explore.ts'
import { queryFunctions } from './functions.ts'

/** The HTTP face of exploring. */
export const queryRoutes = (explore: Explore): readonly Route[] => [
  route({
    method: 'POST',
    path: '/query',
    summary: 'Asks a question in SQL.',
    tag: 'query',
    may: 'read',
    body: queryBody,
    answer: queryAnswer,
    run: async ({ body: { sql, limit }, signal }) => {
      const answer = await explore.run(sql, { ...(limit === undefined ? {} : { limit }), signal })
      return { ...answer, rows: answer.rows.map(jsonRow) }
    },
  }),
  route({
    method: 'POST',
    path: '/query/check',
    summary:
      'Checks a question in SQL without asking it: what it reads, its columns, what they are made of.',
    tag: 'query',
    may: 'read',
    body: checkBody,
    run: ({ body: { sql } }) => explore.check(sql),
  }),
  route({
    method: 'GET',
    path: '/relations',
    summary: 'Lists what can be named in SQL, with its columns.',
    tag: 'query',
    may: 'read',
    answer: relationsAnswer,
    run: () => explore.relations(),
  }),
  route({
    method: 'GET',
    path: '/query-functions',
    summary: 'Lists the functions that SQL may use, by family.',
    tag: 'query',
    may: 'read',
    answer: functionsAnswer,
    run: async () =>
      Object.entries(queryFunctions).flatMap(([family, names]) =>
        names.map((name) => ({ name, family })),
      ),
  }),
]

// JSON has no integers beyond 2^53; they go as text of digits.
const jsonRow = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, jsonCell(cell)]))

function jsonCell(cell: Cell): Cell {
  if (typeof cell === 'bigint') return String(cell)
  if (Array.isArray(cell)) return cell.map(jsonCell)
  if (isRow(cell)) return jsonRow(cell)
  return cell
}

const isRow = (cell: Cell): cell is Row =>
  typeof cell === 'object' && cell !== null && !Array.isArray(cell)
