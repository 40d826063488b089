import {
  column,
  every,
  join,
  type Made,
  made,
  type Part,
  placed,
  type Step,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import type { Model, ModelObject } from '#model'
import { type Basis, keepBasis } from './basis.ts'
import { decisionTellers, rowTellers } from './changed.ts'
import type { Ruleset, Subject } from './definition.ts'
import { type Extent, publishedOf } from './extent.ts'
import { identityFaults } from './faults.ts'
import { groundSteps } from './grounds.ts'
import { blockDifferences, isModelBlock } from './model-keys.ts'
import { type Owned, ownersTouched, writeOwners } from './owners.ts'
import { crowdedStep, reconciled } from './reconcile.ts'
import {
  changeTable,
  evidenceTable,
  fromColumn,
  heededTable,
  keyTable,
  linkTable,
  publishedPosition,
  publishedTable,
  redirectTable,
  refusedTable,
  rowTable,
  termTable,
  unifiedFields,
  unifiedShape,
  unifiedTable,
} from './tables.ts'

const columnsOf = (names: readonly string[]): Part => join(names.map((name) => column(name)))

/** Rows of a new state that are not yet published, or published rows that the new state lacks. */
const difference = (columns: readonly string[], of: Part, without: Part): Part =>
  sql`select ${columnsOf(columns)} from ${of} n except select ${columnsOf(columns)} from ${without} p`

const evidenceColumns = ['rule', 'left', 'right', 'matched']
const refusedColumns = [...evidenceColumns, 'reason', 'about']
const linkColumns = ['record', 'profile']
const termColumns = ['record', 'kind', 'value', 'row_key']
const keyColumns = ['rule', 'key', 'record']

/** The same where no row is there twice, so that nothing has to be made distinct: over all records that would cost the most. */
function lacking(columns: readonly string[], of: Part, without: Part): Part {
  const [first = ''] = columns
  const same = columns.map(
    (name) => sql`${column(name, 'p')} is not distinct from ${column(name, 'n')}`,
  )
  return sql`select ${join(columns.map((name) => column(name, 'n')))} from ${of} n
    left join ${without} p on ${every(same)} where ${column(first, 'p')} is null`
}

/** How much is looked at, and what is known of the rows beforehand. */
export interface Extending extends Known {
  readonly extent?: Extent
}

/** What is known of rows before they are worked on: it spares work, and changes nothing. */
export interface Known {
  /** The fields of the unified object that hold a value somewhere; all of them unless told. */
  readonly filled?: ReadonlySet<string> | undefined
  /** The objects of which no key was there twice when the run began; none unless told. */
  readonly single?: ReadonlySet<string> | undefined
  /** Whether nothing is published yet: then all there is is new, and none of it is compared or written down twice. */
  readonly isFirst?: boolean | undefined
}

/** What the step is called whose rows are all new where nothing is published yet. */
export const newStep = (name: string, { isFirst }: Known): string =>
  isFirst ? `${name}_added` : name

function differingSteps(
  of: Differing,
  { extent = 'everything', isFirst }: Extending,
): readonly Step[] {
  const { name, columns, published, by = sql`record`, only, isDistinct = false } = of
  const all = publishedOf(published, by, extent)
  const before = only ? sql`(select * from ${all} b where ${only})` : all
  const differ = isDistinct ? lacking : difference
  const gone = `what is no longer so in ${published.name}`
  if (isFirst)
    return [
      {
        name: `${name}_gone`,
        says: gone,
        query: sql`select ${columnsOf(columns)} from ${published} where false`,
      },
    ]
  return [
    {
      name: `${name}_added`,
      says: `what is new in ${published.name}`,
      query: differ(columns, made(name), before),
    },
    {
      name: `${name}_gone`,
      says: gone,
      query: differ(columns, before, made(name)),
    },
  ]
}

/** What differs in what records can be found by. */
export const termDifference = ({ on }: Ruleset, of: Extending): readonly Step[] =>
  differingSteps(
    { name: 'term', columns: termColumns, published: termTable(on), isDistinct: true },
    of,
  )

/** What differs in what records are found again by, where that is kept. */
export const keyDifference = (ruleset: Ruleset, extent: Extent): readonly Step[] =>
  differingSteps(
    {
      name: 'key',
      columns: keyColumns,
      published: keyTable(ruleset.on),
      only: sql`not ${isModelBlock('rule', ruleset)}`,
      isDistinct: true,
    },
    { extent },
  )

/** What must be written so that the published tables become the new state, and nothing more. */
export function differenceSteps(
  ruleset: Ruleset,
  model: Model,
  { extent = 'everything', ...known }: Extending = {},
): readonly Step[] {
  const { on } = ruleset
  const differ = (of: Differing) => differingSteps(of, { extent })
  return [
    ...groundSteps(ruleset),
    ...differ({
      name: 'evidence',
      columns: evidenceColumns,
      published: evidenceTable(on),
      by: column('left'),
    }),
    ...differ({
      name: 'refused',
      columns: refusedColumns,
      published: refusedTable(on),
      by: column('left'),
    }),
    {
      name: 'link_added',
      says: `what is new in link_${on}`,
      query: sql`select n.record, n.profile, n.since from ${made('link')} n left join ${linkTable(on)} l
        on l.record = n.record and l.profile = n.profile where l.record is null`,
    },
    {
      name: 'link_gone',
      says: `what is no longer so in link_${on}`,
      query: lacking(linkColumns, publishedOf(linkTable(on), sql`record`, extent), made('link')),
    },
    crowdedStep(model.get(on)),
    {
      name: 'unified_added',
      says: 'profiles whose values are new or have changed',
      query: changedProfiles(ruleset, model.get(on), { extent, ...known }),
    },
    {
      name: 'members',
      says: 'profiles that stay and whose records are others than before',
      query: sql`select distinct profile from (select profile from ${made('link_added')} union all
          select profile from ${made('link_gone')}) moved
        where profile in (select profile from ${made('kept')}) and profile in (select profile from ${linkTable(on)})`,
    },
  ]
}

// No profile is there twice, so that nothing has to be made distinct: over so many columns that would cost the most.
function changedProfiles(
  ruleset: Ruleset,
  object: ModelObject,
  { extent = 'everything', filled, isFirst }: Extending,
): Part {
  const now = reconciled(ruleset, object, filled)
  if (isFirst) return now
  const published = unifiedTable(ruleset.on)
  const before =
    extent === 'everything'
      ? published
      : sql`(select * from ${published} where profile in (select profile from ${made('link')}))`
  const names = filledColumns(object, filled)
  const same = names
    .filter((name) => name !== 'profile')
    .map((name) => sql`${column(name, 'u')} is not distinct from ${column(name, 'r')}`)
  return sql`select ${join(names.map((name) => column(name, 'r')))} from (${now}) r
    left join ${before} u on ${every([sql`u.profile = r.profile`, ...same])}
    where u.profile is null`
}

/** The columns of the unified table that may hold a value. */
const filledColumns = (object: ModelObject, filled?: ReadonlySet<string>): readonly string[] => {
  const empty = unifiedFields(object).flatMap(([name]) =>
    !filled || filled.has(name) ? [] : [name, fromColumn(name)],
  )
  return unifiedShape(object).flatMap(([name]) => (empty.includes(name) ? [] : [name]))
}

/** A relation of the new state, and the published one that it differs from; `by` is the column that names a record. */
interface Differing {
  readonly name: string
  readonly columns: readonly string[]
  readonly published: TableName
  readonly by?: Part
  /** Which rows of it these are, where others stand there too. */
  readonly only?: Part
  /** Whether no row is there twice. */
  readonly isDistinct?: boolean
}

/** Everything that a run publishes. */
export interface Publication {
  readonly ruleset: Ruleset
  readonly model: Model
  readonly owned: readonly Owned[]
  readonly where: Made
  /** What the next run needs to look only at what changed. */
  readonly basis: Basis
  /** The published position that the new state was computed from. */
  readonly basedOn: number
  readonly at: Date
  /** The fields that hold a value somewhere. */
  readonly filled: ReadonlySet<string>
}

/** Profiles that are touched in any way, as a relation of `profile`. */
export const touched = (owned: readonly Owned[]): Part =>
  sql`select distinct profile from (${join(
    [
      sql`select profile from ${made('unified_added')}`,
      sql`select profile from ${made('link_added')}`,
      sql`select profile from ${made('link_gone')}`,
      sql`select profile from ${made('change')}`,
      ownersTouched(owned),
    ],
    sql` union `,
  )}) touched where profile is not null`

/** Steps whose tables hold what has to be written; when all are empty, nothing has changed. */
export const differing = (owned: readonly Owned[]): readonly string[] => [
  'evidence_added',
  'evidence_gone',
  'refused_added',
  'refused_gone',
  'link_added',
  'link_gone',
  'term_added',
  'term_gone',
  'unified_added',
  'change',
  ...owned.map(({ object }) => `owner_${object}`),
]

/** Writes the differences, in one change of the engine: readers see the state before or the state after. */
export async function publish(writer: Writer, of: Publication): Promise<number> {
  const { ruleset, model, owned, where, at } = of
  const { on } = ruleset
  await keep(writer, of)
  const position = await takePosition(writer, on, at)
  const shape = filledColumns(model.get(on), of.filled)
  const tables: readonly Replacement[] = [
    { name: 'evidence', table: evidenceTable(on), columns: evidenceColumns, stamp: position },
    { name: 'refused', table: refusedTable(on), columns: refusedColumns, stamp: position },
    { name: 'link', table: linkTable(on), columns: linkColumns, kept: ['since'] },
    { name: 'term', table: termTable(on), columns: termColumns },
  ]
  for (const statement of [
    ...tables.flatMap(replacement),
    ...unifiedStatements(on, shape),
    ...changeStatements(on, position),
  ])
    await writer.run(placed(statement, where))
  await writeOwners(writer, owned, where)
  return position
}

/** Steps whose tables hold what the next run must know, beside what is published. */
export const keeping = ({ model }: Ruleset): readonly string[] => [
  'row_differs',
  'heeded_added',
  'heeded_gone',
  'key_added',
  'key_gone',
  ...(model ? blockDifferences : []),
]

/** Writes only what the next run must know: what it has seen, and what records are found again by. */
export async function keep(
  writer: Writer,
  { ruleset, where, basis, basedOn }: Omit<Publication, 'model' | 'owned' | 'at' | 'filled'>,
): Promise<void> {
  const { on } = ruleset
  if ((await publishedPosition(writer, on)) !== basedOn)
    throw identityFaults.ran_meanwhile({ ruleset: ruleset.key })
  await keepBasis(writer, on, basis)
  const tables: readonly Replacement[] = [
    {
      name: 'row',
      table: rowTable(on),
      columns: rowTellers,
      gone: sql`${made('row_differs')} where is_gone`,
      added: sql`${made('row_differs')} where not is_gone`,
    },
    { name: 'heeded', table: heededTable(on), columns: decisionTellers },
    { name: 'key', table: keyTable(on), columns: keyColumns },
    ...(ruleset.model ? [{ name: 'model_key', table: keyTable(on), columns: keyColumns }] : []),
  ]
  for (const statement of tables.flatMap(replacement)) await writer.run(placed(statement, where))
}

/** The next position, written down with the time, so that people can be told when something happened. */
export async function takePosition(writer: Writer, on: Subject, at: Date): Promise<number> {
  const position = await writer.positions(1)
  await writer.run(
    sql`insert into ${publishedTable} values (${value(on)}, ${value(position)}, ${value(at)})`,
  )
  return position
}

interface Replacement {
  readonly name: string
  readonly table: TableName
  /** What tells rows apart. */
  readonly columns: readonly string[]
  /** Other columns of new rows. */
  readonly kept?: readonly string[]
  /** A position that new rows carry at their end. */
  readonly stamp?: number
  /** Where the rows to take away and the new ones stand, if not in steps of that name. */
  readonly gone?: Part
  readonly added?: Part
}

function replacement(of: Replacement): readonly Part[] {
  const { name, table, columns, kept = [], stamp } = of
  const { gone = made(`${name}_gone`), added = made(`${name}_added`) } = of
  const end = stamp === undefined ? sql`` : sql`, ${value(stamp)}`
  return [
    sql`delete from ${table} where (${columnsOf(columns)}) in (select ${columnsOf(columns)} from ${gone})`,
    sql`insert into ${table} select ${columnsOf([...columns, ...kept])}${end} from ${added}`,
  ]
}

const unifiedStatements = (on: Subject, shape: readonly string[]): readonly Part[] => [
  sql`delete from ${unifiedTable(on)} where profile in (select profile from ${made('unified_added')}
    union all select profile from ${made('change')} where kind in ('merged', 'retired'))`,
  sql`insert into ${unifiedTable(on)} (${columnsOf(shape)}) select ${columnsOf(shape)} from ${made('unified_added')}`,
]

function changeStatements(on: Subject, position: number): readonly Part[] {
  const at = value(position)
  const merged = sql`select profile as old, other as new from ${made('change')} where kind = 'merged'`
  return [
    sql`insert into ${changeTable(on)} select ${at}, kind, profile, other from ${made('change')}`,
    sql`insert into ${changeTable(on)} select ${at}, 'members', profile, null from ${made('members')}`,
    // Redirects never lead to a redirect: whoever pointed to a profile that went, points to where it went.
    sql`update ${redirectTable(on)} set new = m.new from (${merged}) m where ${redirectTable(on)}.new = m.old`,
    sql`insert into ${redirectTable(on)} select old, new, ${at} from (${merged}) m`,
  ]
}
