import { as, call, column, type Draft, join, type Part, sql, typeName, value } from '#engine'
import { clearingsOf, isCleared } from './clearings.ts'
import { holdsValue, jsonCell, mainCell, misfitReason, sideCell, typed } from './fit.ts'
import { type Judging, judgedCell, type Misfit } from './misfits.ts'
import {
  type Arriving,
  type Drafted,
  isClosed,
  isFull,
  isKnown,
  mainsOf,
  type Opened,
} from './opened.ts'
import { objectsOf, pathOf } from './paths.ts'
import type { StreamShape } from './shape.ts'
import { type LakeField, moreName, sideOf } from './tables.ts'

/** The lines of a stream, taken apart, with the fields that are needed to keep all that is in them. */
export interface StagedStream extends Arriving {
  /** All fields of the tables from now on. */
  readonly fields: readonly LakeField[]
  readonly added: readonly LakeField[]
  /** Integer fields that met a fraction and are numbers from now on. */
  readonly widened: readonly LakeField[]
  /** Side columns that get values from these lines. */
  readonly sides: readonly LakeField[]
  /** Fields of which these lines may say null, in a merge. */
  readonly cleared: readonly LakeField[]
  /**
   * A query for the rows: `_position`, `_event`, `_at`, `_kind`, `_problem`, all fields and whether each of `cleared` is. A row's
   * position is its place in the log plus `shift`.
   */
  readonly rows: (shift: number) => Draft
  /** Whether a row can have a problem. */
  readonly mayRefuse: boolean
}

/** What was found out about the values of lines. */
export interface Judgement {
  readonly judged: Judging | undefined
  readonly misfits: readonly Misfit[]
  /** The fields of which they may say null. */
  readonly cleared: readonly LakeField[]
}

/** The rows of lines that were taken apart, as their tables will have them. */
export function stagedFrom(of: Opened, judgement: Judgement): StagedStream {
  const { judged, misfits, cleared } = judgement
  const { shape, known, fields: met, widened } = of
  const isStrict = shape.onConflict === 'reject'
  const sides = isStrict
    ? []
    : misfits
        .filter(({ field }) => !shape.primaryKey.includes(field.name))
        .map(({ field, type }) => ({ ...sideOf(field, type), field, type }))
  const has = (name: string) => met.some((field) => field.name === name)
  const more: LakeField = { name: moreName, label: moreName, type: 'json' }
  const extra = [
    ...sides.map(({ field: _, ...side }) => side),
    ...(isFull(of) && !isClosed(of) ? [more] : []),
  ]
  const fields = [...met, ...extra.filter(({ name }) => !has(name))]
  const added = fields.filter(({ name }) => !known.some((field) => field.name === name))
  const problems = [
    ...(isClosed(of) ? [unknownProblem(of)] : []),
    ...(isStrict && judged ? [misfitProblem(of, judged, misfits)] : []),
    ...(of.hasDeletes && shape.mode === 'append' ? [deleteProblem] : []),
  ]
  const cells = fields.map((field) => as(cellOf(of, judgement, field), column(field.name)))
  const clears = cleared.map((_, i) => as(isCleared(i, 'n'), isCleared(i)))
  const keys = shape.mode === 'append' ? [] : shape.primaryKey
  const mayRefuse = problems.length > 0 || keys.length > 0
  const joins = [
    judged ? sql` left join ${judged.kinds} j on j._event = o._event` : sql``,
    cleared.length > 0
      ? sql` left join (${clearingsOf(of, cleared)}) n on n._event = o._event`
      : sql``,
  ]
  const rows = (shift: number) => {
    const head = [
      as(sql`o._event + ${value(shift)}`, column('_position')),
      ...['_event', '_at'].map((name) => column(name, 'o')),
      as(kindOf(shape), column('_kind')),
    ]
    const refused = mayRefuse
      ? [
          as(
            problems.length > 0
              ? sql`coalesce(${join([...problems, sql`null`])})`
              : sql`cast(null as varchar)`,
            column('_refused'),
          ),
        ]
      : []
    const from = sql`select ${join([...head, ...cells, ...clears, ...refused])} from ${of.opened} o${join(joins, sql``)}`
    if (!mayRefuse) return sql`(select *, cast(null as varchar) as _problem from (${from}) r)`
    return sql`(select *, coalesce(_refused, ${keyProblem(keys, fields)}) as _problem from (${from}) r)`
  }
  return {
    ...of,
    fields,
    added,
    widened: widened.map(({ field }) => field).filter((field) => isKnown(of, field)),
    sides: extra.filter(({ sideOf: main }) => main !== undefined),
    cleared,
    rows,
    mayRefuse,
  }
}

/** In a stream that merges, a put says some values as well. */
const kindOf = ({ mode }: StreamShape) =>
  mode === 'merge' ? sql`case when o._kind = 'put' then 'merge' else o._kind end` : sql`o._kind`

const unknownProblem = (of: Drafted) =>
  sql`case when o._kind = 'delete' then null
    when o._stray then 'a value stands where an object is expected'
    when ${holdsValue(sql`o._rest`)} then 'members that are not known: ' || substr(${pruned(of)}, 1, 500) end`

const deleteProblem = sql`case when o._kind = 'delete' then 'nothing is deleted from a stream that only grows' end`

function misfitProblem(of: Opened, judging: Judging, misfits: readonly Misfit[]): Draft {
  const fields = [...new Set(misfits.map(({ field }) => field))]
  if (fields.length === 0) return sql`cast(null as varchar)`
  const each = fields.map((field) => misfitReason(judgedCell(of, judging, field), field))
  const reasons = sql`concat(${join(each)})`
  return sql`nullif(${call('replace_all', reasons, value('; $'), value(''))}, '')`
}

function keyProblem(keys: readonly string[], fields: readonly LakeField[]): Draft {
  if (keys.length === 0) return sql`cast(null as varchar)`
  const has = (key: string) => fields.some(({ name }) => name === key)
  const isLacking = keys.map((key) => (has(key) ? sql`${column(key)} is null` : sql`true`))
  return sql`case when ${join(isLacking, sql` or `)} then ${value(`the key (${keys.join(', ')}) is empty`)} end`
}

/** The rest of a line without the objects from which everything was taken. */
function pruned(of: Drafted): Part {
  const paths = [...objectsOf(mainsOf(of).map(({ label }) => label))].map(pathOf)
  const depths = [...new Set(paths.map(({ length }) => length))].sort((a, b) => b - a)
  // After the quote that ends a text there never comes a name, so that these patterns meet members only.
  return depths.reduce<Part>((rest, depth) => {
    const names = paths
      .filter(({ length }) => length === depth)
      .map((path) => quotedLiterally(path.at(-1)))
    const emptied = `(?:${[...new Set(names)].join('|')}):\\{\\}`
    const atEnd = call('replace_all', rest, value(`,${emptied}`), value(''))
    return call('replace_all', atEnd, value(`${emptied},?`), value(''))
  }, sql`o._rest`)
}

const quotedLiterally = (name = '') => JSON.stringify(name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function cellOf(of: Opened, { judged, misfits }: Judgement, field: LakeField): Part {
  const none = sql`cast(null as ${typeName(field.type)})`
  if (field.name === moreName) {
    if (!isFull(of) || isClosed(of)) return none
    return sql`case when ${holdsValue(sql`o._rest`)} then ${pruned(of)} end`
  }
  if (field.sideOf !== undefined) {
    const misfit = misfits.find((one) => sideOf(one.field, one.type).name === field.name)
    if (!judged || !misfit || of.shape.onConflict === 'reject') return none
    return sideCell(judgedCell(of, judged, misfit.field), misfit.type)
  }
  const suspect = judged?.suspects.find(({ name }) => name === field.name)
  if (field.type === 'json') return jsonCell(column(field.name, 'o'))
  if (!judged || !suspect) return typed(column(field.name, 'o'), field.type)
  return mainCell(judgedCell(of, judged, suspect), field.type)
}
