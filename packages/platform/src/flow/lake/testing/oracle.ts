import type { FieldType } from '#kernel/scalar.ts'
import type { LakeField } from '../tables.ts'

/** JSON as it is parsed. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object as it is parsed. */
export interface JsonObject {
  readonly [name: string]: Json
}

/** A line of the log. */
export interface Line {
  readonly event: number
  readonly at: number
  readonly kind: 'put' | 'merge' | 'delete' | 'duplicate'
  readonly body: JsonObject
}

/** What a stream is told to do with lines. */
export interface Rules {
  readonly mode: 'append' | 'upsert' | 'merge'
  readonly key?: string
  readonly pinned: readonly LakeField[]
  readonly mostFields: number
  readonly onConflict: 'side' | 'reject'
}

type Cell = string | number | boolean | null
type Cells = Record<string, Cell>

/** A row with the line it came from and, when it is over, the line that ended it. */
export interface OracleRow {
  readonly event: number
  readonly until?: number
  readonly cells: Cells
}

/** Everything that a stream should be after its lines, one after the other: slow and obvious. */
export interface Expected {
  readonly types: Record<string, FieldType>
  readonly current: readonly OracleRow[]
  readonly past: readonly OracleRow[]
  readonly conflicts: readonly (readonly [field: string, type: string, event: number])[]
  readonly counts: Record<'stored' | 'unchanged' | 'duplicate' | 'rejected' | 'deleted', number>
}

interface Column {
  readonly path: readonly string[]
  readonly name: string
  type: FieldType
  readonly isPinned: boolean
  /** The line with the first fraction, when it was a column of whole numbers until then. */
  widenedAt?: number
}

/** Does what takeEvents should have done. Names must be plain: letters, one word each. */
export function expectedOf(lines: readonly Line[], rules: Rules): Expected {
  const columns: Column[] = rules.pinned.map(({ label, name, type }) => ({
    path: label.split('.'),
    name,
    type,
    isPinned: true,
  }))
  const puts = lines.filter(({ kind }) => kind === 'put' || kind === 'merge')
  for (const { kind, body } of lines)
    if (kind === 'delete') meetKey(columns, rules, body)
    else if (kind !== 'duplicate') meet(columns, rules, body, [])
  for (const { event, body } of puts) widen(columns, event, body)
  return fold(lines, columns, rules)
}

const isObject = (of: Json): of is JsonObject =>
  typeof of === 'object' && of !== null && !Array.isArray(of)

const isNothing = (of: Json): boolean =>
  of === null || (isObject(of) && Object.values(of).every(isNothing))

const isAt = (path: readonly string[]) => (column: Column) =>
  column.path.join('.') === path.join('.')

const isBelow = (path: readonly string[]) => (column: Column) =>
  column.path.length > path.length && path.every((part, i) => column.path[i] === part)

function meet(columns: Column[], rules: Rules, object: JsonObject, outer: readonly string[]): void {
  for (const [part, of] of Object.entries(object)) {
    const path = [...outer, part]
    if (isNothing(of)) continue
    const isFull = columns.length >= rules.mostFields
    const wasObject = columns.some(isBelow(path))
    const wasValue = columns.some(isAt(path))
    if (isObject(of) && (wasObject || (!wasValue && path.length < 5 && !isFull)))
      meet(columns, rules, of, path)
    else if (!wasValue && (!isFull || wasObject)) {
      const name = path.join('_')
      const type = name === rules.key ? 'text' : typeOf(of)
      columns.push({ path, name, type, isPinned: false })
    }
  }
}

function meetKey(columns: Column[], { key }: Rules, body: JsonObject): void {
  if (key === undefined || columns.some(({ name }) => name === key)) return
  if (isNothing(body[key] ?? null)) return
  columns.push({ path: [key], name: key, type: 'text', isPinned: false })
}

function typeOf(of: Json): FieldType {
  if (typeof of === 'boolean') return 'boolean'
  if (typeof of === 'number') return Number.isInteger(of) ? 'integer' : 'number'
  return typeof of === 'string' ? 'text' : 'json'
}

const valueAt = (object: JsonObject, path: readonly string[]): Json =>
  path.reduce<Json>(
    (of, part) => (isObject(of) && Object.hasOwn(of, part) ? (of[part] ?? null) : null),
    object,
  )

function widen(columns: Column[], event: number, body: JsonObject): void {
  for (const column of columns) {
    const of = valueAt(body, column.path)
    if (
      column.type !== 'integer' ||
      column.isPinned ||
      typeof of !== 'number' ||
      Number.isInteger(of)
    )
      continue
    column.type = 'number'
    column.widenedAt = event
  }
}

interface Fit {
  readonly cell: Cell
}

/** The cell of a value, or nothing when it does not fit. */
function cellOf(of: Json, type: FieldType): Fit | undefined {
  if (type === 'json') return { cell: JSON.stringify(of) }
  if (typeof of === 'object') return undefined
  if (type === 'text') return { cell: String(of) }
  const text = String(of).trim()
  if (text === '') return { cell: null }
  if (type === 'boolean') return typeof of === 'number' ? undefined : booleanOf(text.toLowerCase())
  if (typeof of === 'boolean') return undefined
  return type === 'timestamp' ? timestampOf(text) : numberOf(text, type)
}

const booleanOf = (word: string): Fit | undefined =>
  word === 'true' || word === 'false' ? { cell: word === 'true' } : undefined

function numberOf(text: string, type: FieldType): Fit | undefined {
  const pattern = type === 'integer' ? /^-?(0|[1-9][0-9]*)$/ : /^-?(0|[1-9][0-9]*)([.][0-9]+)?$/
  return pattern.test(text) ? { cell: Number(text) } : undefined
}

function timestampOf(text: string): Fit | undefined {
  if (/^-?[0-9]+$/.test(text)) return { cell: new Date(Number(text)).toISOString() }
  const ms = Date.parse(text)
  return Number.isNaN(ms) || text.length < 16 ? undefined : { cell: new Date(ms).toISOString() }
}

interface Judged {
  readonly cells: Cells
  readonly misfits: readonly (readonly [name: string, type: FieldType])[]
}

function judge(line: Line, columns: readonly Column[], { key }: Rules): Judged {
  const cells: Cells = {}
  const misfits: [string, FieldType][] = []
  for (const column of columns) {
    const of = valueAt(line.body, column.path)
    const isHolder = isObject(of) && columns.some(isBelow(column.path))
    if (isNothing(of) || isHolder) continue
    const fit = fitOf(of, line, column)
    const isKey = column.name === key
    if (fit) cells[column.name] = fit.cell
    else if (!isKey) {
      const side = typeOf(of)
      misfits.push([column.name, side])
      cells[`${column.name}__${side}`] = cellOf(of, side)?.cell ?? null
    }
  }
  const filled = Object.entries(cells).filter(([, cell]) => cell !== null)
  return { cells: Object.fromEntries(filled), misfits }
}

/** Before its first fraction a column took whole numbers only. */
function fitOf(of: Json, { event }: Line, { type, widenedAt }: Column): Fit | undefined {
  const wasWhole = widenedAt !== undefined && event < widenedAt
  return wasWhole && !cellOf(of, 'integer') ? undefined : cellOf(of, type)
}

interface State {
  readonly current: Map<string, OracleRow>
  readonly past: OracleRow[]
  readonly conflicts: (readonly [field: string, type: string, event: number])[]
  readonly types: Record<string, FieldType>
}

function fold(lines: readonly Line[], columns: readonly Column[], rules: Rules): Expected {
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]))
  const state: State = { current: new Map(), past: [], conflicts: [], types }
  const counts = { stored: 0, unchanged: 0, duplicate: 0, rejected: 0, deleted: 0 }
  for (const line of lines) {
    const judged = judge(line, columns, rules)
    counts[
      line.kind === 'duplicate' ? 'duplicate' : verdictOf(state, { line, judged, columns, rules })
    ]++
  }
  return { ...state, current: [...state.current.values()], counts }
}

interface Case {
  readonly line: Line
  readonly judged: Judged
  readonly columns: readonly Column[]
  readonly rules: Rules
}

function verdictOf(state: State, one: Case): 'stored' | 'unchanged' | 'rejected' | 'deleted' {
  const { line, judged, rules } = one
  const isDelete = line.kind === 'delete'
  if (!isDelete && rules.onConflict === 'side')
    for (const [name, type] of judged.misfits) state.types[`${name}__${type}`] = type
  if (isRefused(one)) return 'rejected'
  const id = rules.mode === 'append' ? String(line.event) : String(judged.cells[rules.key ?? ''])
  const was = state.current.get(id)
  const next = cellsAfter(was, one)
  if (isDelete ? !was : was && isSame(was.cells, next)) return 'unchanged'
  if (was) state.past.push({ ...was, until: line.event })
  state.current.delete(id)
  if (isDelete) return 'deleted'
  state.current.set(id, { event: line.event, cells: next })
  state.conflicts.push(...conflictsIn(next, line.event))
  return 'stored'
}

const conflictsIn = (cells: Cells, event: number) =>
  Object.keys(cells)
    .map((cell) => cell.split('__'))
    .flatMap(([name = '', type]) => (type === undefined ? [] : [[name, type, event] as const]))

function cellsAfter(was: OracleRow | undefined, { line, judged, columns, rules }: Case): Cells {
  const isMerge = line.kind === 'merge' || rules.mode === 'merge'
  if (!isMerge || !was) return judged.cells
  const kept = columns.filter(({ path }) => !saysNull(line.body, path))
  return merged(was.cells, judged.cells, kept)
}

function isRefused({ line, judged, rules }: Case): boolean {
  const isDelete = line.kind === 'delete'
  if (rules.onConflict === 'reject' && judged.misfits.length > 0 && !isDelete) return true
  return rules.mode === 'append' ? isDelete : (judged.cells[rules.key ?? ''] ?? null) === null
}

/** Whether null stands at a path, or where an object is that it leads through. */
function saysNull(of: Json, [part, ...rest]: readonly string[]): boolean {
  if (of === null || part === undefined) return of === null
  const next = isObject(of) && Object.hasOwn(of, part) ? of[part] : undefined
  return next !== undefined && saysNull(next, rest)
}

/** What is said now, and of the columns of which nothing is said what was. */
function merged(was: Cells, now: Cells, columns: readonly Column[]): Cells {
  const next: Cells = { ...now }
  const of = (cells: Cells, name: string) =>
    Object.entries(cells).filter(([cell]) => cell === name || cell.startsWith(`${name}__`))
  for (const { name } of columns)
    if (of(now, name).length === 0) Object.assign(next, Object.fromEntries(of(was, name)))
  return next
}

const isSame = (a: Cells, b: Cells) => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => (a[name] ?? null) === (b[name] ?? null))
}
