import { asProblems, Fault, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type FieldType, isNumeric } from '#kernel/scalar.ts'
import { systemColumns } from '#model'
import { checkQuery, queryFaults, type Relation } from '#query'
import { withConversions } from './convert.ts'
import type { Builder, Dimension, Grain, Measure, Rollup } from './definition.ts'
import { insightFaults } from './faults.ts'
import { type Fields, fieldsFrom, type Ground, isPath, withKeys } from './fields.ts'
import { isSelfContained, readsClock } from './text.ts'
import {
  changedRelation,
  touchedGroups,
  type WrittenWindow,
  windowColumns,
  windowOf,
} from './windows.ts'

/** What a built insight comes to: the same as one written by hand, and how it can be computed in parts. */
export interface Built {
  readonly sql: string
  readonly dimensions: readonly string[]
  readonly measures: readonly string[]
  readonly rollup: ReadonlyMap<string, Rollup>
  readonly grains: ReadonlyMap<string, Grain>
  /** Measures that count amounts for which there was no rate. */
  readonly missing: readonly string[]
  readonly relations: readonly Relation[]
  readonly driver: string
  /** Whose changes are not those of single rows of the driver. */
  readonly reached: readonly string[]
  /** Columns of the driver by which its rows belong to groups. */
  readonly keys: readonly string[]
  /** The groups that the rows of `_changed` touch; absent where groups depend on more than their own rows. */
  readonly groups?: string
  /** The same as `sql`, for the groups of `_touched` only. */
  readonly restricted?: string
  /** Whether its parts ask what time it is. */
  readonly asksClock: boolean
  readonly window?: BuiltWindow
  /** The rows that the groups are made of. */
  readonly rows: () => WrittenRows
  /** What is wrong, part by part, once the whole was refused. */
  readonly diagnose: () => readonly Problem[]
}

/** The windows of a built insight, and by the begin of a window how many came too late for it: of all, or of touched windows. */
export interface BuiltWindow extends Pick<WrittenWindow, 'kind' | 'time'> {
  readonly late: string
  readonly restrictedLate: string
}

/** The rows of a built insight before they are put together: each with its dimensions, and the columns that hold what it brings. */
export interface WrittenRows {
  readonly sql: string
  /** The fields that are read, by their paths, each with its column. */
  readonly fields: ReadonlyMap<string, string>
  readonly measures: ReadonlyMap<string, MeasuredRow>
  /** Whether they are rows of a model object; see `sourceColumn`. */
  readonly hasSource: boolean
}

/** What one row brings to a measure: the column of its value, and those of conditions that must hold; without a value it counts as a row. */
export interface MeasuredRow {
  readonly value?: string
  readonly when: readonly string[]
}

/** Writes a built insight as SQL, or tells everything that is wrong with it. */
export function build(
  builder: Builder,
  ground: Ground,
): Built | { readonly problems: readonly Problem[] } {
  const relations = withKeys(ground)
  const named = ground.relations.map(({ name }) => name)
  const start = relations.find(({ name }) => name === builder.from && named.includes(name))
  if (!start) return { problems: unknownStart(builder.from, named) }
  const desk = deskOf(start, { relations, model: ground.model })
  const window = desk.note('window', () => windowOf(builder.window, { start, ground, desk }))
  const dimensions = (builder.dimensions ?? [])
    .map(asDimension)
    .map((of, i) => writeDimension(of, i, desk))
  const keys = desk.fields.own()
  const groupRows = desk.fields.select
  const groupSelects = { changed: groupRows(changedRelation), all: groupRows() }
  const where = builder.where === undefined ? undefined : desk.write(builder.where, 'where')
  const measures = builder.measures.flatMap((of, i) => writeMeasure(of, i, desk))
  const names = [...(window?.dimensions ?? []), ...dimensions].map(({ name }) => name)
  noteDoubled([...names, ...measures.map(({ name }) => name)], desk)
  if (desk.problems.length > 0) return { problems: desk.problems }
  const parts = { desk, window, dimensions, measures, where, names }
  // Keys tell people nothing.
  const read = desk.fields.paths().filter((path) => !/^_|__key\b/.test(path))
  const built: Built = {
    ...statementsOf(parts),
    ...(isByRow(start, parts) ? partialOf(parts, groupSelects) : {}),
    dimensions: names,
    measures: measures.map(({ name }) => name),
    rollup: new Map(measures.flatMap(({ name, rollup }) => (rollup ? [[name, rollup]] : []))),
    grains: new Map(dimensions.flatMap(({ name, by }) => (by ? [[name, by]] : []))),
    missing: measures.filter(({ isMissing }) => isMissing).map(({ name }) => name),
    relations,
    driver: start.name,
    reached: desk.fields.reached(),
    keys,
    asksClock: desk.asksClock(),
    rows: () => rowsBehind(parts, start, read),
    diagnose: desk.diagnose,
  }
  return desk.problems.length > 0 ? { problems: desk.problems } : built
}

interface Parts {
  readonly desk: Desk
  readonly window: WrittenWindow | undefined
  readonly dimensions: readonly WrittenDimension[]
  readonly measures: readonly WrittenMeasure[]
  readonly where: string | undefined
  /** Of all dimensions, the window's first. */
  readonly names: readonly string[]
}

// Only then does a row belong to its groups whatever other rows there are.
const isByRow = ({ table }: Relation, { names }: Parts) =>
  names.length > 0 && table.schema === 'model'

const named = ({ name, text }: { readonly name: string; readonly text: string }) =>
  `${text} as "${name}"`

const filtered = (conditions: readonly (string | undefined)[]): string => {
  const all = conditions.filter((one) => one !== undefined)
  return all.length === 0 ? '' : ` where ${all.join(' and ')}`
}

type Which = 'touched' | undefined

function rowsOf({ desk, window }: Parts, which?: Which): string {
  const rows = desk.fields.select()
  return window?.rows(rows, which) ?? `(${rows}) as r`
}

function statementsOf(parts: Parts): Pick<Built, 'sql' | 'window'> {
  const { desk, window } = parts
  const sql = expand(groupedOf(parts), desk)
  if (!window) return { sql }
  const { kind, time } = window
  const [late, restrictedLate] = [lateOf(parts), lateOf(parts, 'touched')]
  return { sql, window: { kind, time, late, restrictedLate } }
}

/** How many rows came too late, by the begin of their window. */
function lateOf(parts: Parts, which?: Which): string {
  const { window, where, desk } = parts
  const isLate = window && `not ${window.isInTime}`
  const conditions = filtered([window?.isIn, where, isLate, which && inTouchedWindow])
  return expand(
    `select r."_begin" as "${windowColumns.start}", count(*) as n from ${rowsOf(parts, which)}${conditions} group by 1`,
    desk,
  )
}

const inTouchedWindow = `r."_begin" in (select t."${windowColumns.start}" from "${touchedGroups}" as t)`

/** One row for each group, or for each of those that were touched. */
function groupedOf(parts: Parts, which?: Which): string {
  const { window, dimensions, measures, where, names } = parts
  const cells = [
    ...[...(window?.dimensions ?? []), ...dimensions].map(named),
    ...measures.flatMap(({ columns }) => columns),
  ]
  const list = cells.length === 0 ? '1 as "_one"' : cells.join(', ')
  const only = which && touchedOnly(parts)
  const conditions = filtered([window?.isIn, window?.isInTime, where, only])
  const inner = `(select ${list} from ${rowsOf(parts, which)}${conditions}) as g`
  const isRow = names.map((name) => `t."${name}" is not distinct from g."${name}"`).join(' and ')
  const joined = which ? ` join "${touchedGroups}" as t on ${isRow}` : ''
  const outer = [...names.map((name) => `g."${name}" as "${name}"`), ...measures.map(named)]
  const groups = names.length === 0 ? '' : ` group by ${names.map((_, i) => i + 1).join(', ')}`
  return `select ${outer.join(', ')} from ${inner}${joined}${groups}`
}

const sourceFields = {
  key: systemColumns.key,
  stream: systemColumns.stream,
  position: systemColumns.position,
  id: 'id',
} as const

/** The column that tells of a row of a model object what the source, or its stream, calls it. */
export const sourceColumn = (of: keyof typeof sourceFields): string => `source.${of}`

function rowsBehind(parts: Parts, start: Relation, read: readonly string[]): WrittenRows {
  const { desk, window, dimensions, measures, where } = parts
  const hasSource = start.table.schema === 'model'
  const own = ['profile_id'].filter((name) => desk.fields.has(name))
  const paths = [...new Set([...own, ...read])]
  for (const name of [...paths, ...(hasSource ? Object.values(sourceFields) : [])])
    desk.fields.use(name)
  const fields = new Map(paths.map((path, i) => [path, `${i}.field`]))
  const sources = (['key', 'stream', 'position', 'id'] as const).map(
    (of) => `r."${sourceFields[of]}" as "${sourceColumn(of)}"`,
  )
  const cells = [
    '1 as "_one"',
    ...[...(window?.dimensions ?? []), ...dimensions].map(named),
    ...measures.flatMap(({ columns }) => columns),
    ...[...fields].map(([path, column]) => `r."${path}" as "${column}"`),
    ...(hasSource ? sources : []),
  ]
  const conditions = filtered([window?.isIn, window?.isInTime, where])
  return {
    sql: expand(`select ${cells.join(', ')} from ${rowsOf(parts)}${conditions}`, desk),
    fields,
    measures: new Map(measures.map((of) => [of.name, of.row])),
    hasSource,
  }
}

// Rows of other people, channels and windows are left out before anything is computed of them.
function touchedOnly({ dimensions, window }: Parts): string | undefined {
  const plain = dimensions.filter(({ text, by }) => by === undefined && plainField.test(text))
  const conditions = plain.map(
    ({ name, text }) =>
      `(${text} is null or ${text} in (select t."${name}" from "${touchedGroups}" as t))`,
  )
  const all = [...(window ? [inTouchedWindow] : []), ...conditions]
  return all.length === 0 ? undefined : all.join(' and ')
}

const plainField = /^\(r\."[a-z0-9_.]+"\)$/

interface GroupRows {
  readonly changed: string
  readonly all: string
}

function partialOf(parts: Parts, rows: GroupRows): Pick<Built, 'groups' | 'restricted'> {
  const { desk, window, dimensions } = parts
  const list = [...(window?.dimensions ?? []), ...dimensions].map(named).join(', ')
  const from = (of: string) => `select ${list} from ${of}${filtered([window?.isIn])}`
  const touched = window
    ? `${from(window.changed(rows.changed))} union ${from(window.overtaken(rows.all))}`
    : `select distinct ${list} from (${rows.changed}) as r`
  return {
    groups: expand(touched, desk),
    restricted: expand(groupedOf(parts, 'touched'), desk),
  }
}

const expand = (text: string, desk: Desk): string => {
  const { text: written, wrong } = withConversions(text)
  for (const name of wrong) desk.refuse('', insightFaults.bad_call({ name }))
  return written
}

function unknownStart(from: string, named: readonly string[]): readonly Problem[] {
  const near = didYouMean(from, named)
  return insightFaults.unknown_start({ from, near }, { at: 'build.from' }).problems
}

/** What the writers of the parts share. */
export interface Desk {
  readonly fields: Fields
  readonly problems: Problem[]
  /** Writes an expression; what is wrong with it is noted with its place. */
  readonly write: (text: string, at: string) => string
  /** Does something, and notes a fault with its place. */
  readonly note: <T>(at: string, work: () => T) => T | undefined
  /** The type of a field, where an expression is just that. */
  readonly typeOf: (text: string) => FieldType | undefined
  readonly refuse: (at: string, fault: Fault) => void
  /** Whether an expression asks what time it is. */
  readonly asksClock: () => boolean
  /** Asks the query room what is wrong with each expression by itself. */
  readonly diagnose: () => readonly Problem[]
}

function deskOf(start: Relation, ground: Ground): Desk {
  const problems: Problem[] = []
  const expressions: { readonly at: string; readonly text: string; readonly own: string }[] = []
  const fields = fieldsFrom(start, ground)
  const placed = (at: string) => (at === '' ? 'build' : `build.${at}`)
  const refuse: Desk['refuse'] = (at, fault) =>
    void problems.push(...asProblems(fault).map((one) => ({ ...one, at: placed(at) })))
  const note: Desk['note'] = (at, work) => {
    try {
      return work()
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      refuse(at, thrown)
      return undefined
    }
  }
  const write: Desk['write'] = (text, at) =>
    note(at, () => {
      if (!isSelfContained(text)) throw insightFaults.bad_expression({ text })
      if (isPath(text)) fields.use(text.trim())
      const written = fields.express(text)
      expressions.push({ at, text: written, own: text })
      return `(${written})`
    }) ?? 'null'
  const typeOf: Desk['typeOf'] = (text) => {
    if (!isPath(text)) return undefined
    try {
      return fields.use(text.trim())
    } catch {
      return undefined
    }
  }
  const diagnose = () => {
    const rows = fields.select()
    return expressions.flatMap(({ at, text, own }) => {
      const { text: written } = withConversions(text)
      // What cannot be read is told in the words that were written, not in those that are made of them.
      const unread = problemsOfQuery(`select ${own}`, []).filter(({ code }) => isUnread(code))
      const found =
        unread.length > 0
          ? unread
          : problemsOfQuery(`select (${written}) as x from (${rows}) as r`, ground.relations)
      return found.map((one) => ({ ...one, at: placed(at) }))
    })
  }
  const asksClock = () => expressions.some(({ text }) => readsClock(text))
  return { fields, problems, write, note, refuse, typeOf, asksClock, diagnose }
}

const isUnread = (code: string): boolean => code === queryFaults.syntax.code

function problemsOfQuery(text: string, relations: readonly Relation[]): readonly Problem[] {
  try {
    checkQuery(text, relations)
    return []
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return asProblems(thrown)
  }
}

/** A dimension that is written by its path alone, with the name that it has. */
export const asDimension = (of: string | Dimension): Dimension =>
  typeof of === 'string' ? { name: nameOf(of), of } : of

// `product_id.category` is the category of the product.
const nameOf = (path: string): string => {
  const parts = path.trim().split('.')
  return parts.map((part, i) => (i < parts.length - 1 ? part.replace(/_id$/, '') : part)).join('_')
}

interface WrittenDimension {
  readonly name: string
  readonly text: string
  readonly by?: Grain
}

function writeDimension(
  { name, of, by, zone }: Dimension,
  i: number,
  desk: Desk,
): WrittenDimension {
  const at = `dimensions[${i}]`
  const text = desk.write(of, `${at}.of`)
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    desk.refuse(at, insightFaults.needs_name({ of }))
  }
  if (by === undefined) return { name, text }
  const type = desk.typeOf(of)
  desk.note(`${at}.by`, () => {
    if (type !== undefined && type !== 'date' && type !== 'timestamp')
      throw insightFaults.no_time({ field: of, type })
  })
  desk.note(`${at}.zone`, () => assertZone(zone))
  // A day has no zone; an instant is kept in UTC.
  const local =
    zone === undefined || type === 'date'
      ? text
      : `(${text} at time zone 'UTC' at time zone '${zone}')`
  const cut = `date_trunc('${by}', ${local})`
  return { name, by, text: by === 'hour' ? cut : `cast(${cut} as date)` }
}

function assertZone(zone: string | undefined): void {
  if (zone === undefined) return
  try {
    if (/^[\w+/-]+$/.test(zone)) {
      new Intl.DateTimeFormat('en', { timeZone: zone })
      return
    }
  } catch {
    // Said below, as for a name that is none.
  }
  throw insightFaults.no_zone({ zone })
}

interface WrittenMeasure {
  readonly name: string
  /** What is kept of each row for it. */
  readonly columns: readonly string[]
  readonly text: string
  /** What a row brings to it, by the names of those columns. */
  readonly row: MeasuredRow
  readonly rollup?: Rollup
  readonly isMissing?: boolean
}

const rollupOf: Readonly<Partial<Record<Measure['how'], Rollup>>> = {
  count: 'sum',
  sum: 'sum',
  min: 'min',
  max: 'max',
}

function writeMeasure(of: Measure, i: number, desk: Desk): readonly WrittenMeasure[] {
  const at = `measures[${i}]`
  const { name, how, convert } = of
  if (of.of === undefined && how !== 'count') {
    desk.refuse(at, insightFaults.needs_value({ name, how }))
  }
  const value = of.of === undefined ? undefined : desk.write(of.of, `${at}.of`)
  noteNotNumber(of, at, desk)
  const condition = of.where === undefined ? undefined : desk.write(of.where, `${at}.where`)
  const [cell, flag] = [`"${name}.of"`, `"${name}.where"`]
  const when = condition === undefined ? [] : [`${name}.where`]
  const row = { when, ...(value === undefined ? {} : { value: `${name}.of` }) }
  const filter = condition === undefined ? '' : ` filter (where g.${flag})`
  const rollup = rollupOf[how]
  const flags = condition === undefined ? [] : [`${condition} as ${flag}`]
  const call = callOf(how, value === undefined ? '*' : `g.${cell}`)
  const plain = { name, row, text: `${call}${filter}`, ...(rollup && { rollup }) }
  if (!convert || value === undefined)
    return [
      { ...plain, columns: [...(value === undefined ? [] : [`${value} as ${cell}`]), ...flags] },
    ]
  const parts = (['from', 'to', 'day'] as const).map((part) =>
    desk.write(convert[part], `${at}.convert.${part}`),
  )
  const args = [value, ...parts].join(', ')
  const missing = `"${name}.missing"`
  return [
    {
      ...plain,
      columns: [`convert(${args}) as ${cell}`, `rate_missing(${args}) as ${missing}`, ...flags],
    },
    {
      name: `${name}_missing`,
      text: `count(*) filter (where g.${missing}${condition === undefined ? '' : ` and g.${flag}`})`,
      columns: [],
      row: { when: [`${name}.missing`, ...when] },
      rollup: 'sum',
      isMissing: true,
    },
  ]
}

const callOf = (how: Measure['how'], cell: string): string =>
  how === 'count_distinct' ? `count(distinct ${cell})` : `${how}(${cell})`

function noteNotNumber({ of, how }: Measure, at: string, desk: Desk): void {
  if (of === undefined || (how !== 'sum' && how !== 'avg')) return
  const type = desk.typeOf(of)
  if (type === undefined || isNumeric(type)) return
  desk.refuse(`${at}.of`, insightFaults.no_number({ field: of, type, how }))
}

function noteDoubled(names: readonly string[], desk: Desk): void {
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) === i) continue
    desk.refuse('', insightFaults.doubled_name({ name }))
  }
}
