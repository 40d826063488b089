import { column, join, type Part, sql } from '#engine'
import { raw } from './desk.ts'
import type { QueryDesk } from './query-desk.ts'
import { distinctNames, type Output } from './scope.ts'
import { writeQuery, writeTail } from './select.ts'
import {
  type Block,
  isAmong,
  type Leaf,
  listOf,
  noteAsked,
  openWith,
  ownName,
  type Trace,
} from './trace-block.ts'
import { tablesIn, Untold } from './trace-nodes.ts'
import type { Node, Parts } from './tree.ts'

/** Traces UNION, INTERSECT or EXCEPT. */
export function traceSet(parts: Parts, outside: QueryDesk, trace: Trace): Block {
  const desk = openWith(parts.inner('with'), outside, trace)
  const [left, right] = [parts.node('left'), parts.node('right')]
  const words = `${parts.kind.toUpperCase()}${parts.flag('all') ? ' ALL' : ''}`
  if (!left || !right) throw new Untold(words)
  if (parts.flag('by_name')) throw new Untold(`${words} BY NAME`)
  if (words === 'UNION ALL') return unionAll(parts, [left, right], desk, trace)
  if (parts.flag('all')) throw new Untold(words)
  return byValues(parts, [left, right], desk, trace)
}

type Sides = readonly [left: Node, right: Node]

// What is not aggregated brings all of its rows to each measure.
function countedIn(sides: readonly Block[]): Pick<Block, 'isAggregated' | 'counts'> {
  const isAggregated = sides.some((side) => side.isAggregated)
  return { isAggregated, counts: () => !isAggregated }
}

const hiddenAs = (name: string) => sql`null as ${column(name)}`

// Each row is one of either side, and shows only what that side shows.
function unionAll(parts: Parts, [left, right]: Sides, desk: QueryDesk, trace: Trace): Block {
  const [first, second] = [trace.query(left, desk), trace.query(right, desk)]
  const outputs = distinctNames(first.outputs)
  const there = ownName(desk, trace)
  const above = sql`select *, ${join(second.hidden.map(hiddenAs))} from (${first.part})`
  const below = sql`select * exclude (${listOf(second.hidden)}), ${join([
    ...first.hidden.map(hiddenAs),
    listOf(second.hidden),
  ])} from (${second.part})`
  const all = sql`((${above}) union all (${below})) as both_sides(${namesOf(outputs)})`
  return {
    part: raw(sql`select *, true as ${column(there)} from ${all}`, writeTail(parts, outputs, desk)),
    outputs,
    hidden: [there, ...first.hidden, ...second.hidden],
    leaves: [first, second].flatMap((side) => side.leaves.map((leaf) => shownBy(side, leaf))),
    ...countedIn([first, second]),
  }
}

function shownBy({ hidden: [there = '', ...ids] }: Block, leaf: Leaf): Leaf {
  const list = ids.length === 0 ? sql`1` : listOf(ids)
  return {
    ...leaf,
    behind: (wanted) =>
      leaf.behind(
        sql`select distinct ${list} from (${wanted}) as both_sides where ${column(there)}`,
      ),
  }
}

// A row that both sides may have given is told apart by its values.
function byValues(parts: Parts, [left, right]: Sides, desk: QueryDesk, trace: Trace): Block {
  const isExcept = parts.kind === 'except'
  const first = trace.query(left, desk)
  const sides = isExcept ? [first] : [first, trace.query(right, desk)]
  if (isExcept) noteAsked(tablesIn(right), desk, trace)
  const outputs = distinctNames(first.outputs)
  const there = ownName(desk, trace)
  const values = outputs.map(({ name }) => [name, ownName(desk, trace)] as const)
  const shown = values.map(([name, hidden]) => sql`${column(name)} as ${column(hidden)}`)
  const written = [left, right].map((side) => writeQuery(side, desk).part)
  const both = join(
    written.map((side) => sql`(${side})`),
    raw(` ${parts.kind} `),
  )
  const rows = sql`(${both}) as both_sides(${namesOf(outputs)})`
  const all = sql`select *, true as ${column(there)}, ${join(shown)} from ${rows}`
  return {
    part: raw(all, writeTail(parts, outputs, desk)),
    outputs,
    hidden: [there, ...values.map(([, hidden]) => hidden)],
    leaves: sides.flatMap((side) => side.leaves.map((leaf) => withValues(side, leaf, values))),
    ...countedIn(sides),
  }
}

function withValues(
  { part, hidden: [, ...ids] }: Block,
  leaf: Leaf,
  values: readonly (readonly [name: string, hidden: string])[],
): Leaf {
  const names = join(values.map(([name]) => column(name)))
  const list = ids.length === 0 ? sql`1` : listOf(ids)
  const same = values.map(
    ([name, hidden]) => [column(hidden, 'wanted'), column(name, 'side')] as const,
  )
  return {
    ...leaf,
    behind: (wanted) =>
      leaf.behind(
        sql`select ${list} from (${part}) as side(${names}) where ${isAmong(wanted, same)}`,
      ),
  }
}

const namesOf = (outputs: readonly Output[]): Part => join(outputs.map(({ name }) => column(name)))
