import { as, column, every, join, type Part, some, sql } from '#engine'
import type { Call } from './calls.ts'
import {
  clause,
  writeDistinct,
  writeGroups,
  writeLimits,
  writeOrder,
  writeWindows,
} from './clauses.ts'
import { raw } from './desk.ts'
import { isHalf, type Joined, writeFrom } from './from.ts'
import type { Beside, QueryDesk, Shown, Written } from './query-desk.ts'
import { emptyScope, meaningOf, type Scope } from './scope.ts'
import { writeItems } from './select-list.ts'
import {
  type Block,
  isAmongNamed,
  type Leaf,
  listOf,
  noteAsked,
  openWith,
  ownName,
  type Trace,
} from './trace-block.ts'
import {
  aggregatesIn,
  calls,
  namedBySubqueries,
  partitionOf,
  plainNamesIn,
  tablesIn,
  Untold,
  windowsIn,
} from './trace-nodes.ts'
import { kindOf, type Node, open, type Parts, wordingOf } from './tree.ts'

/** Traces one SELECT: its rows are told apart by the rows that it joins, or by what it groups them by. */
export function traceSelect(parts: Parts, outside: QueryDesk, trace: Trace): Block {
  const desk = openWith(parts.inner('with'), outside, trace)
  noteAsked(askedBeside(parts), desk, trace)
  const items: Item[] = []
  const plain = viewOf(parts, desk)
  const shown = viewOf(parts, desk.showing(besideOf(items, desk, trace)))
  refuseUntold(parts, plain)
  const grouping = groupingOf(parts, shown)
  const named = (nodes: readonly Node[]) =>
    nodes.map((node) => ({ node, name: ownName(desk, trace) }))
  const select: Select = {
    parts,
    plain: grouping ? plain : shown,
    shown,
    items,
    keys: grouping
      ? named(grouping).map(({ node, name }) => ({ name, writes: (at) => at.write(node) }))
      : items.flatMap(({ hidden }) => hidden).map((name) => ({ name, writes: () => column(name) })),
    partitions: windowsOf(parts).map(named),
    wanted: ownName(desk, trace),
    grouping,
    brings: ownName(desk, trace),
    takesPart: ownName(desk, trace),
  }
  const there = ownName(desk, trace)
  return {
    part: written(select, 'whole', [{ name: there, part: raw('true') }]),
    outputs: plain.list.outputs,
    hidden: [
      there,
      ...select.keys.map(({ name }) => name),
      ...select.partitions.flat().map(({ name }) => name),
    ],
    leaves: items.flatMap((item) => leavesOf(item, select)),
    ...countedIn(parts, items),
  }
}

function countedIn(parts: Parts, items: readonly Item[]): Pick<Block, 'isAggregated' | 'counts'> {
  const isInside = items.some((item) => item.isAggregated)
  const isAggregated = isInside || aggregatesIn(parts.nodes('expressions')).length > 0
  const isMeasure = (node: Node | undefined) => aggregatesIn(node).length > 0
  return {
    isAggregated,
    counts: (measure) => {
      const item = itemCalled(parts, measure)
      if (!item) return !isAggregated
      const isOfOthers = plainNamesIn(item).some((name) => isMeasure(itemCalled(parts, name)))
      return isMeasure(item) || !(isInside || isOfOthers)
    },
  }
}

/** What stands in FROM: a table with the columns that tell its rows apart, or a query that was traced itself. */
interface Item {
  readonly hidden: readonly string[]
  readonly isAggregated: boolean
  readonly leaves: readonly ItemLeaf[]
}

interface ItemLeaf extends Omit<Leaf, 'behind'> {
  /** Its rows behind rows that were joined, by the column that tells what each of these brings. */
  readonly behind: (joined: Part, brings: string) => Part
}

/** FROM and the SELECT list, with or without what nobody can name. */
interface View {
  readonly from: Joined | undefined
  readonly list: Written
  readonly desk: QueryDesk
}

interface Select {
  readonly parts: Parts
  /** Where the query is printed as it is; where nothing is grouped, the same as `shown`. */
  readonly plain: View
  readonly shown: View
  readonly items: readonly Item[]
  /** What tells the rows of the answer apart before anything is left out of them. */
  readonly keys: readonly {
    readonly name: string
    readonly writes: (desk: QueryDesk) => Part
  }[]
  /** By what the windows are cut, each with the columns that show it. */
  readonly partitions: readonly (readonly { readonly node: Node; readonly name: string }[])[]
  /** What a query is called there that gives the rows whose windows are asked about. */
  readonly wanted: string
  /** By what rows are put together; undefined where each row stays one. */
  readonly grouping: readonly Node[] | undefined
  /** The columns that tell what a row brings to a measure, and whether it counts at all. */
  readonly brings: string
  readonly takesPart: string
}

function viewOf(parts: Parts, desk: QueryDesk): View {
  const of = parts.inner('from')
  const from = of && writeFrom(of.nodes('expressions'), parts.inners('joins'), desk)
  const scope = { ...desk.scope, sources: from?.sources ?? [] }
  const list = writeItems(parts.nodes('expressions'), from?.star ?? [], desk.at(scope))
  return { from, list, desk: desk.at({ ...scope, aliases: list.outputs }) }
}

function besideOf(items: Item[], desk: QueryDesk, trace: Trace): Beside {
  const inside = (scope: Pick<Scope, 'ctes'>) =>
    desk.at({ ...emptyScope, ctes: scope.ctes }).showing(undefined)
  const add = (block: Block, called: string | undefined) => {
    const leaves = block.leaves.map((leaf) => ({
      ...leaf,
      name: called === undefined ? leaf.name : `${called}.${leaf.name}`,
    }))
    items.push(nested({ ...block, leaves }))
    return block
  }
  return {
    relation: (relation, called) => {
      trace.leaf()
      const there = { name: ownName(desk, trace), part: raw('true') }
      const ids = trace
        .ids(relation)
        .map((id) => ({ name: ownName(desk, trace), part: column(id) }))
      const names = ids.map(({ name }) => name)
      items.push(plainItem(there.name, names, { name: called, relation }))
      return [there, ...ids]
    },
    query: (node, called) => add(trace.query(node, inside(desk.scope)), called),
    cte: (cte, called) => {
      const body = trace.ctes.get(cte.name)
      if (!body) throw new Untold('WITH')
      return add(trace.query(body.node, inside(body)), called)
    },
  }
}

function plainItem(
  there: string,
  ids: readonly string[],
  of: Pick<Leaf, 'name' | 'relation'>,
): Item {
  const named = ids.map((id, i) => as(column(id), column(`id${i}`)))
  const behind = (joined: Part, brings: string) => {
    const columns = [
      ...named,
      raw('count(*) as times'),
      as(onlyOne(column(brings)), column('value')),
    ]
    const groups = ids.length === 0 ? raw() : sql` group by ${listOf(ids)}`
    const having = ids.length === 0 ? raw(' having count(*) > 0') : raw()
    return sql`select ${join(columns)} from (${joined}) as joined where ${column(there)}${groups}${having}`
  }
  return { hidden: [there, ...ids], isAggregated: false, leaves: [{ ...of, behind }] }
}

// A row that is joined to several others may bring something else each time.
const onlyOne = (of: Part) =>
  sql`case when min(${of}) is not distinct from max(${of}) then min(${of}) end`

function nested({ hidden, leaves, isAggregated }: Block): Item {
  const [there = '', ...ids] = hidden
  const list = ids.length === 0 ? raw('1') : listOf(ids)
  return {
    hidden,
    isAggregated,
    leaves: leaves.map((leaf) => ({
      ...leaf,
      behind: (joined) =>
        leaf.behind(sql`select distinct ${list} from (${joined}) as joined where ${column(there)}`),
    })),
  }
}

function leavesOf(item: Item, select: Select): readonly Leaf[] {
  return item.leaves.map((leaf) => ({
    ...leaf,
    behind: (wanted, measure) => leaf.behind(joinedFor(select, wanted, measure), select.brings),
  }))
}

/** The joined rows of which the wanted rows were made, with what each brings to a measure. */
function joinedFor(select: Select, wanted: Part, measure: string | undefined): Part {
  const { parts, shown, items, keys, grouping, brings, takesPart } = select
  const units = select.partitions.length === 0 ? wanted : sharing(select, wanted)
  if (!grouping) return sql`select *, null as ${column(brings)} from (${units}) as units`
  const counted = countedFor(parts, measure)
  const { from, desk } = shown
  const value = counted?.value ? desk.write(counted.value) : raw('null')
  const counts = counted ? countsIf(counted, desk) : raw('true')
  const rows = raw(
    'select ',
    join([
      ...needed(select, [grouping, parts.take('where_clause'), counted]),
      ...items.flatMap(({ hidden }) => hidden).map((name) => column(name)),
      ...keys.map(({ name, writes }) => as(writes(desk), column(name))),
      as(value, column(brings)),
      as(counts, column(takesPart)),
    ]),
    from ? sql` from ${from.part}` : raw(),
    clause(' where ', parts.inner('where_clause'), desk),
  )
  const names = keys.map(({ name }) => name)
  const isWanted = isAmongNamed(units, names, 'rows_read')
  return sql`select * from (${rows}) as rows_read where ${column(takesPart)} and ${isWanted}`
}

/** All rows before windows that lie in one window with wanted rows: what a window tells of one depends on all of them. */
function sharing(select: Select, wanted: Part): Part {
  const keys = select.keys.length === 0 ? raw('1') : listOf(select.keys.map(({ name }) => name))
  const isNear = select.partitions.map((partition) =>
    isAmongNamed(
      sql`select * from ${column(select.wanted)}`,
      partition.map(({ name }) => name),
      'units',
    ),
  )
  const near = sql`select ${keys} from (${written(select, 'before windows', [])}) as units where ${join(isNear, sql` or `)}`
  // Written once however many windows there are: queries inside queries would else double with each.
  return sql`with ${column(select.wanted)} as (${wanted}) ${near}`
}

/** The query itself, with what tells its rows apart; `before windows` nothing has been left out because of them. */
function written(
  { parts, plain: { from, list, desk }, keys, partitions }: Select,
  how: 'whole' | 'before windows',
  more: readonly Shown[],
): Part {
  const isWhole = how === 'whole'
  const hidden = [
    ...keys.map(({ name, writes }) => ({ name, part: writes(desk) })),
    ...partitions.flat().map(({ name, node }) => ({ name, part: desk.write(node) })),
    ...more,
  ].map(({ name, part }) => as(part, column(name)))
  return raw(
    'select ',
    isWhole ? writeDistinct(parts, desk) : raw(),
    join([list.part, ...hidden]),
    from ? sql` from ${from.part}` : raw(),
    clause(' where ', parts.inner('where_clause'), desk),
    writeGroups(parts.inner('group_by'), desk),
    clause(' having ', parts.inner('having'), desk),
    writeWindows(parts.inners('windows'), desk),
    isWhole ? clause(' qualify ', parts.inner('qualify'), desk) : raw(),
    isWhole ? writeOrder(parts.inner('order_by'), desk) : raw(),
    isWhole ? writeLimits(parts, desk) : raw(),
  )
}

/** The aggregates of a measure, each with what must hold for a row to count, and the value where there is one alone. */
interface Counted {
  readonly calls: readonly {
    readonly filter: Node | undefined
    /** What must hold, or must not be empty. */
    readonly of: { readonly node: Node; readonly must: 'hold' | 'be there' } | undefined
  }[]
  readonly value: Node | undefined
}

function countedFor(parts: Parts, measure: string | undefined): Counted | undefined {
  const item = measure === undefined ? undefined : itemCalled(parts, measure)
  const found = item ? aggregatesIn(item) : []
  const [only, ...others] = found
  if (!only) return undefined
  const isAlone = others.length === 0 && only.node === item && only.args.length === 1
  return {
    calls: found.map((call) => ({ filter: call.filter, of: askedOf(call) })),
    value: isAlone && !only.star ? only.args[0] : undefined,
  }
}

// Aggregates that take what is empty, too, unless told to ignore it.
const takesEmpty = ['array_agg', 'first', 'last', 'list']

// What is empty counts for no other aggregate.
function askedOf({ name, args: [node], star, ignoreNulls }: Call): Counted['calls'][number]['of'] {
  if (star || !node || (takesEmpty.includes(name) && !ignoreNulls)) return undefined
  return { node, must: name === 'count_if' ? 'hold' : 'be there' }
}

function countsIf({ calls: each }: Counted, desk: QueryDesk): Part {
  const conditions = each.map(({ filter, of }) =>
    every([
      ...(filter ? [desk.write(filter)] : []),
      ...(of
        ? [of.must === 'hold' ? desk.write(of.node) : sql`${desk.write(of.node)} is not null`]
        : []),
    ]),
  )
  return some(conditions)
}

function itemCalled(parts: Parts, name: string): Node | undefined {
  for (const node of parts.nodes('expressions')) {
    const [called, inner] = calledIn(node)
    if (called === name.toLowerCase()) return inner
  }
  return undefined
}

function calledIn(node: Node): readonly [name: string | undefined, inner: Node] {
  if (kindOf(node) !== 'alias') return [plainNameOf(node), node]
  const alias = open(node)
  return [alias.name('alias')?.text.toLowerCase(), alias.node('this') ?? node]
}

const plainNameOf = (node: Node) =>
  kindOf(node) === 'column' ? open(node).name('name')?.text.toLowerCase() : undefined

/** Items of the SELECT list that are named where rows are chosen, and those that these name: rows are read with them. */
function needed({ parts, shown: { from, desk } }: Select, chosen: unknown): readonly Part[] {
  const isOfRow = (node: Node) => aggregatesIn(node).length === 0 && windowsIn(node).length === 0
  const items = parts
    .nodes('expressions')
    .filter((node) => kindOf(node) === 'alias' && isOfRow(node))
  const names = new Set(plainNamesIn(chosen))
  for (const node of items.toReversed()) {
    if (!names.has(calledIn(node)[0] ?? '')) continue
    for (const name of plainNamesIn(node)) names.add(name)
  }
  const kept = items.filter((node) => names.has(calledIn(node)[0] ?? ''))
  if (kept.length === 0) return []
  return [writeItems(kept, from?.star ?? [], desk.at({ ...desk.scope, aliases: [] })).part]
}

/** What rows are put together by; undefined where each row stays one. */
function groupingOf(parts: Parts, { desk }: View): readonly Node[] | undefined {
  const items = parts.nodes('expressions')
  const group = parts.inner('group_by')
  const isDistinct = parts.flag('distinct') && parts.nodes('distinct_on').length === 0
  const others = ['having', 'qualify', 'order_by'].map((part) => parts.take(part))
  const isAggregated = aggregatesIn([...items, ...others]).length > 0
  if (isDistinct && (group || isAggregated || windowsOf(parts).length > 0))
    throw new Untold('DISTINCT beside GROUP BY, aggregates or windows')
  if (isDistinct) return withoutStars(items, 'SELECT DISTINCT *').map((node) => calledIn(node)[1])
  if (!group) return isAggregated ? [] : undefined
  if (group.flag('all'))
    return withoutStars(items, 'GROUP BY ALL with *')
      .map((node) => calledIn(node)[1])
      .filter((node) => aggregatesIn(node).length === 0 && windowsIn(node).length === 0)
  return group.nodes('expressions').map((node) => keyOf(node, items, desk))
}

function withoutStars(items: readonly Node[], clause: string): readonly Node[] {
  if (items.some((node) => kindOf(node) === 'star')) throw new Untold(clause)
  return items
}

// `group by 1` means the first item, and a name that no column has means the item that is called so.
function keyOf(node: Node, items: readonly Node[], desk: QueryDesk): Node {
  const parts = open(node)
  if (parts.kind === 'literal' && parts.word('literal_type') === 'number') {
    const item = withoutStars(items, 'GROUP BY with numbers beside *')[
      Number(parts.word('value')) - 1
    ]
    return item ? calledIn(item)[1] : node
  }
  const name = parts.kind === 'column' && !parts.name('table') ? parts.name('name') : undefined
  if (!name || meaningOf(name, desk.scope)?.is !== 'alias') return node
  const item = items.find((one) => calledIn(one)[0] === name.text.toLowerCase())
  return item ? calledIn(item)[1] : node
}

function windowsOf(parts: Parts): readonly (readonly Node[])[] {
  const named = parts.inners('windows')
  const overs = ['expressions', 'qualify', 'order_by'].flatMap((part) =>
    windowsIn(parts.take(part)),
  )
  const partitions = overs.map((over) => partitionOf(over, named))
  return [...new Map(partitions.map((nodes) => [wordingOf(nodes), nodes])).values()]
}

const groupings = ['grouping sets', 'rollup', 'cube']

function refuseUntold(parts: Parts, { desk }: View): void {
  const groups = parts.inner('group_by')?.nodes('expressions') ?? []
  const isManifold = groups.some(
    (node) =>
      kindOf(node) === 'function' && groupings.includes(open(node).word('name').toLowerCase()),
  )
  if (isManifold) throw new Untold('GROUPING SETS, ROLLUP or CUBE')
  const expressions = expressionsOf(parts)
  if (calls(expressions, 'random')) throw new Untold('random()')
  const isRow = (text: string) =>
    meaningOf({ text, quoted: true, offset: undefined }, { ...desk.scope, aliases: [] })?.is ===
    'row'
  if (plainNamesIn(expressions).some(isRow)) throw new Untold('a whole row as a value')
  if (joinsOf(parts).some(({ kind }) => kind === 'Positional')) throw new Untold('POSITIONAL JOIN')
}

const expressionsOf = (parts: Parts): readonly unknown[] =>
  [
    'expressions',
    'distinct_on',
    'where_clause',
    'group_by',
    'having',
    'windows',
    'qualify',
    'order_by',
  ].map((part) => parts.take(part))

interface JoinParts {
  readonly kind: string
  readonly on: unknown
  readonly of: unknown
}

const joinsOf = (parts: Parts): readonly JoinParts[] =>
  parts
    .inners('joins')
    .map((of) => ({ kind: of.word('kind'), on: of.take('on'), of: of.take('this') }))

// Of relations that only conditions and values ask it is not told which of their rows decided.
const askedBeside = (parts: Parts): readonly string[] => [
  ...namedBySubqueries([...expressionsOf(parts), ...joinsOf(parts).map(({ on }) => on)]),
  ...joinsOf(parts).flatMap(({ kind, of }) => (isHalf(kind) ? tablesIn(of) : [])),
]
