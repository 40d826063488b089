import {
  type ArrivingFile,
  as,
  call,
  column,
  type Draft,
  type Engine,
  every,
  join,
  type Loaded,
  type Part,
  type Row,
  sql,
  type TableName,
  typeName,
  value,
  type Writer,
} from '#engine'
import { type Judge, judged } from './judge.ts'
import {
  batchTable,
  conflictTable,
  currentTable,
  fieldsOf,
  type LakeField,
  names,
  pastTable,
  position,
  rejectedTable,
  remadeTable,
  retire,
  shapeTables,
  shownLength,
  sideOf,
  until,
} from './tables.ts'

/** What a batch is: everything there is now, rows that replace those of the same key, or rows that only ever come once. */
export type Mode = 'full' | 'upsert' | 'append'

/** A file that arrived, with its fields and what tells whether it is the same file again. */
export interface BatchFile {
  readonly name: string
  readonly fingerprint: string
  readonly file: ArrivingFile
  readonly fields: readonly LakeField[]
  /** Names of fields whose types were only inferred: where one does not hold for every record, it becomes text. */
  readonly guessed?: readonly string[]
  /** How far the source has been read by whoever has taken this file. */
  readonly cursor?: string
}

/** Files that arrive for a stream and are taken together. */
export interface Arrival {
  readonly stream: string
  readonly mode: Mode
  readonly primaryKey: readonly string[]
  /** The stream's fields so far, in order; fields of files that are not among them become columns. */
  readonly known: readonly LakeField[]
  /** Each file is read before the next one is asked for. */
  readonly files: AsyncIterable<BatchFile>
  /** A value that does not fit the type of its column: kept beside it (unless set), or rejected with its record. */
  readonly onConflict?: 'side' | 'reject'
  /** What says of records whether they are as was agreed; those that are not are rejected. */
  readonly judge?: Judge | undefined
  readonly at: Date
  readonly signal: AbortSignal
  /** Hears of fields that became text because their inferred type did not hold. */
  readonly onWidened?: (names: readonly string[]) => void
}

/** What became of the records; `received` = `stored` + `unchanged` + `rejected`. */
export interface Counts {
  readonly received: number
  readonly stored: number
  readonly unchanged: number
  readonly rejected: number
  /** Rows that were there and are no longer in the source; only in mode `full`. */
  readonly removed: number
}

/** One loaded file and its place in the order of arrival. */
interface Piece {
  readonly of: BatchFile
  readonly loaded: Loaded
  readonly first: number
  readonly last: number
}

/** An arrival whose files are all loaded. */
interface Work extends Omit<Arrival, 'files'> {
  readonly pieces: readonly Piece[]
  /** The fields of all its files together. */
  readonly fields: readonly LakeField[]
}

/**
 * Takes files into the lake, in one engine transaction together with the marker that says so: whatever dies when, they
 * are in the lake once or not at all.
 */
export function take(engine: Engine, { files, ...arrival }: Arrival): Promise<Counts> {
  const iterator = files[Symbol.asyncIterator]()
  return loadAll({ ...arrival, engine, iterator }, [], async (loaded) => {
    if (loaded.length === 0)
      return { received: 0, stored: 0, unchanged: 0, rejected: 0, removed: 0 }
    const { stream } = arrival
    const seen = await stateOf(engine, stream)
    const pieces = await engine.change('positions', (writer) => placed(writer, loaded))
    const work = { ...arrival, pieces, fields: await allFields(engine, arrival, loaded) }
    return withVerdicts(engine, work, (verdicts) =>
      engine.change(`lake.${stream}`, async (writer) =>
        (await stateOf(writer, stream)) === seen
          ? write(writer, work, verdicts)
          : writeAnew(writer, arrival, loaded),
      ),
    )
  })
}

/** Tells whether something came for a stream. */
async function stateOf(reader: Pick<Engine, 'rows'>, stream: string): Promise<string> {
  const isOf = sql`where stream = ${value(stream)}`
  const rows =
    await reader.rows(sql`select (select max(last_position) from ${batchTable} ${isOf}) as taken,
    (select max(position) from ${remadeTable} ${isOf}) as remade`)
  return JSON.stringify(rows)
}

/** Compares and writes in one step, after what came while it was compared: events come at any time. */
async function writeAnew(
  writer: Writer,
  arrival: Omit<Arrival, 'files'>,
  loaded: readonly LoadedFile[],
): Promise<Counts> {
  const known = await fieldsOf(writer, arrival.stream)
  const pieces = await placed(writer, loaded)
  const work = { ...arrival, known, pieces, fields: await allFields(writer, { known }, loaded) }
  if (work.primaryKey.length === 0) return write(writer, work, undefined)
  return writer.staged(verdictsOf(work, rowsOf(work)), (verdicts) => write(writer, work, verdicts))
}

const allFields = async (
  reader: Pick<Engine, 'rows'>,
  of: Pick<Arrival, 'known'>,
  loaded: readonly LoadedFile[],
): Promise<readonly LakeField[]> => [...unionOf(loaded), ...(await sidesOf(reader, of, loaded))]

type LoadedFile = readonly [of: BatchFile, loaded: Loaded]

interface Loading
  extends Pick<Arrival, 'signal' | 'onWidened' | 'onConflict' | 'primaryKey' | 'judge'> {
  readonly engine: Engine
  readonly iterator: AsyncIterator<BatchFile>
}

/** Loads one file after the other; their tables are there as long as `use` runs. */
async function loadAll<T>(
  from: Loading,
  done: readonly LoadedFile[],
  use: (loaded: readonly LoadedFile[]) => Promise<T>,
): Promise<T> {
  const next = await from.iterator.next()
  if (next.done) return use(done)
  return loadOne(from, next.value, (of, loaded) => loadAll(from, [...done, [of, loaded]], use))
}

/** Loads a file; once more, with wider types, when an inferred type refuses some record. */
async function loadOne<T>(
  from: Loading,
  of: BatchFile,
  use: (of: BatchFile, loaded: Loaded) => Promise<T>,
): Promise<T> {
  const { engine, signal, onWidened, onConflict, primaryKey, judge } = from
  const { file, fields, guessed = [] } = of
  let widened: readonly string[] = []
  const lenient = onConflict === 'reject' ? [] : namesBut(primaryKey, fields)
  const result = await engine.load({ file, fields, lenient, signal }, async (loaded) => {
    const wrong = guessed.length === 0 ? [] : await misfitsIn(engine, loaded)
    widened = guessed.filter((name) => wrong.includes(name))
    if (widened.length > 0) return undefined
    const kept = { ...of, fields: judge?.kept(fields) ?? fields }
    return {
      of: await judged(engine, { judge, fields, loaded, signal }, (left) => use(kept, left)),
    }
  })
  if (result) return result.of
  onWidened?.(widened)
  const wider = fields.map((field) =>
    widened.includes(field.name) ? { ...field, type: 'text' as const } : field,
  )
  const rest = guessed.filter((name) => !widened.includes(name))
  return loadOne(from, { ...of, fields: wider, guessed: rest }, use)
}

// A row is nothing without its key, so that a value that does not fit there still rejects the record.
const namesBut = (keys: readonly string[], fields: readonly LakeField[]) =>
  fields.map(({ name }) => name).filter((name) => !keys.includes(name))

/** The names of fields with values that do not fit. */
async function misfitsIn(
  reader: Pick<Engine, 'rows'>,
  { rejected, rejectedRows, misfits, misfitRows }: Loaded,
): Promise<readonly string[]> {
  if (rejectedRows === 0 && misfitRows === 0) return []
  const rows = await reader.rows(sql`
    select misfits from ${rejected} where misfits is not null union select misfits from ${misfits}`)
  return rows.flatMap((row) => String(row['misfits']).split(','))
}

/** The fields of all files; where they disagree about a type, it is text. */
function unionOf(loaded: readonly LoadedFile[]): readonly LakeField[] {
  const union = new Map<string, LakeField>()
  for (const field of loaded.flatMap(([{ fields }]) => fields)) {
    const met = union.get(field.name)
    const isSame = met === undefined || met.type === field.type
    union.set(field.name, isSame ? field : { ...field, type: 'text' })
  }
  return [...union.values()]
}

/** The columns beside others: those that there are, and those that these files need. */
async function sidesOf(
  reader: Pick<Engine, 'rows'>,
  { known }: Pick<Arrival, 'known'>,
  loaded: readonly LoadedFile[],
): Promise<readonly LakeField[]> {
  const sides = new Map<string, LakeField>()
  for (const field of known) if (field.sideOf !== undefined) sides.set(field.name, field)
  for (const [{ fields }, found] of loaded) {
    if (found.misfitRows === 0) continue
    const wrong = await misfitsIn(reader, { ...found, rejectedRows: 0 })
    for (const field of fields) {
      const side = sideOf(field, 'text')
      if (wrong.includes(field.name) && !sides.has(side.name)) sides.set(side.name, side)
    }
  }
  return [...sides.values()]
}

async function placed(writer: Writer, files: readonly LoadedFile[]): Promise<readonly Piece[]> {
  // An empty file takes a position as well, so that what it removes is later than all that was there.
  const sizes = files.map(([, { rows, rejectedRows }]) => Math.max(1, rows + rejectedRows))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let next = await writer.positions(total)
  return files.map(([of, loaded], i) => {
    const first = next
    next += sizes[i] ?? 1
    return { of, loaded, first, last: next - 1 }
  })
}

const keysOf = ({ primaryKey }: Work) => primaryKey.map((name) => column(name))

const isWhole = (arrival: Work) => every(keysOf(arrival).map((key) => sql`${key} is not null`))

/** The rows of all pieces with their positions; those without a key are left out. */
function rowsOf(work: Work): Draft {
  const selects = work.pieces.map(({ of, loaded, first }) => {
    const has = new Set(of.fields.map(({ name }) => name))
    const cells = work.fields.map((field) => {
      if (has.has(field.name)) return column(field.name)
      return as(
        beside(field, loaded) ?? sql`cast(null as ${typeName(field.type)})`,
        column(field.name),
      )
    })
    const from =
      loaded.misfitRows === 0
        ? loaded.table
        : sql`${loaded.table} left join (select _row as _misfit, texts as _texts from ${loaded.misfits}) m on _misfit = _row`
    return sql`select ${join(cells)}, _row + ${value(first - 1)} as ${position} from ${from} where ${isWhole(work)}`
  })
  return sql`(${join(selects, sql` union all `)})`
}

/** The value that a file has for a column beside another. */
function beside({ sideOf: main, type }: LakeField, { misfitRows }: Loaded): Part | undefined {
  if (main === undefined || type !== 'text' || misfitRows === 0) return undefined
  return call('json_text', column('_texts'), value(`/${main}`))
}

/**
 * Compares what arrived with what is there: one row per arrived row with `arrived`, `was` (position of the row it
 * meets), `winner` (position of the last row with its key) and `verdict`. None is needed when nothing can meet.
 */
async function withVerdicts<T>(
  engine: Engine,
  arrival: Work,
  use: (verdicts: TableName | undefined) => Promise<T>,
): Promise<T> {
  if (arrival.primaryKey.length === 0) return use(undefined)
  const rows = rowsOf(arrival)
  const keys = join(keysOf(arrival))
  const one = arrival.primaryKey.length === 1 ? keys : sql`(${keys})`
  const [found] = await engine.rows(
    sql`select count(*) as n, count(distinct ${one}) as keys from ${rows} t`,
    { lane: 'heavy', signal: arrival.signal },
  )
  const isUnique = found?.['n'] === found?.['keys']
  if (isUnique && arrival.known.length === 0) return use(undefined)
  return engine.staged(verdictsOf(arrival, rows), use, { signal: arrival.signal })
}

function verdictsOf(arrival: Work, rows: Draft): Draft {
  const keys = join(keysOf(arrival))
  const winner = sql`max(${position}) over (partition by ${keys})`
  const arrived = sql`(select *, ${winner} as _winner from ${rows} t) i`
  if (arrival.known.length === 0) {
    return sql`select _position as arrived, cast(null as bigint) as was, _winner as winner,
      case when _position < _winner then 'superseded' else 'new' end as verdict from ${arrived}`
  }
  const known = new Set(arrival.known.map(({ name }) => name))
  const same = arrival.fields.map(({ name }) =>
    known.has(name)
      ? sql`i.${column(name)} is not distinct from c.${column(name)}`
      : sql`i.${column(name)} is null`,
  )
  const meets = keysOf(arrival).map((key) => sql`i.${key} = c.${key}`)
  return sql`select i._position as arrived, c._position as was, i._winner as winner,
    case when i._position < i._winner then 'superseded'
      when c._position is null then 'new'
      when ${every(same)} then 'unchanged'
      else 'changed' end as verdict
    from ${arrived} left join ${currentTable(arrival.stream)} c on ${every(meets)}`
}

async function write(
  writer: Writer,
  arrival: Work,
  verdicts: TableName | undefined,
): Promise<Counts> {
  const known = new Set(arrival.known.map(({ name }) => name))
  const added = arrival.fields.filter(({ name }) => !known.has(name))
  if (arrival.known.length === 0 || added.length > 0) {
    await shapeTables(writer, arrival.stream, arrival.known, added)
  }
  await reject(writer, arrival)
  const removed = await removeOld(writer, arrival, verdicts)
  await insertNew(writer, arrival, verdicts)
  await noteConflicts(writer, arrival, verdicts)
  const counts = []
  for (const piece of arrival.pieces) counts.push(await mark(writer, arrival, piece, verdicts))
  return sum(counts, removed)
}

async function reject(writer: Writer, arrival: Work): Promise<void> {
  for (const { of, loaded, first } of arrival.pieces) {
    const about = join([value(arrival.stream), value(of.fingerprint), value(of.name)])
    const place = sql`_row + ${value(first - 1)}`
    const columns = sql`stream, fingerprint, name, record, reason, raw, taken_at, position`
    await writer.run(sql`insert into ${rejectedTable} (${columns})
      select ${about}, _row, reason, raw, ${value(arrival.at)}, ${place} from ${loaded.rejected}`)
    if (arrival.primaryKey.length === 0) continue
    const reason = value(`the key (${arrival.primaryKey.join(', ')}) is empty`)
    const raw = join(
      of.fields.map(({ name }) => sql`coalesce(cast(${column(name)} as varchar), '')`),
      sql` || '|' || `,
    )
    await writer.run(sql`insert into ${rejectedTable} (${columns})
      select ${about}, _row, ${reason}, ${raw}, ${value(arrival.at)}, ${place} from ${loaded.table} where not ${isWhole(arrival)}`)
  }
}

/** Moves what is replaced or gone to the past; how many rows are gone. */
async function removeOld(
  writer: Writer,
  arrival: Work,
  verdicts: TableName | undefined,
): Promise<number> {
  if (arrival.known.length === 0 || arrival.mode === 'append') return 0
  const last = value(arrival.pieces.at(-1)?.last ?? 0)
  if (verdicts === undefined) {
    if (arrival.mode !== 'full') return 0
    return retire(
      writer,
      arrival,
      sql`select ${position} as old, ${last} as by_whom from ${currentTable(arrival.stream)}`,
    )
  }
  await retire(
    writer,
    arrival,
    sql`select was as old, arrived as by_whom from ${verdicts} where verdict = 'changed'`,
  )
  if (arrival.mode !== 'full') return 0
  return retire(
    writer,
    arrival,
    sql`select ${position} as old, ${last} as by_whom from ${currentTable(arrival.stream)}
      where ${position} < ${value(arrival.pieces[0]?.first ?? 0)}
        and ${position} not in (select was from ${verdicts} where was is not null)`,
  )
}

async function insertNew(
  writer: Writer,
  arrival: Work,
  verdicts: TableName | undefined,
): Promise<void> {
  const columns = sql`${names(arrival.fields)}, ${position}`
  const rows = rowsOf(arrival)
  const current = currentTable(arrival.stream)
  if (verdicts === undefined) {
    await writer.run(sql`insert into ${current} (${columns}) select ${columns} from ${rows} t`)
    return
  }
  const kept = arrival.mode === 'append' ? sql`'new'` : sql`'new', 'changed'`
  await writer.run(sql`insert into ${current} (${columns}) select ${columns} from ${rows} t
    where ${position} in (select arrived from ${verdicts} where verdict in (${kept}))`)
  await writer.run(sql`insert into ${pastTable(arrival.stream)} (${columns}, ${until})
    select ${columns}, v.winner from ${rows} t join ${verdicts} v on v.arrived = ${position} where v.verdict = 'superseded'`)
}

/** Notes the values that stand beside their columns in rows that were kept. */
async function noteConflicts(
  writer: Writer,
  arrival: Work,
  verdicts: TableName | undefined,
): Promise<void> {
  if (arrival.pieces.every(({ loaded }) => loaded.misfitRows === 0)) return
  const kept =
    arrival.mode === 'append' ? sql`'new', 'superseded'` : sql`'new', 'changed', 'superseded'`
  const isKept =
    verdicts === undefined
      ? sql`true`
      : sql`${position} in (select arrived from ${verdicts} where verdict in (${kept}))`
  for (const { name, type, sideOf: field } of arrival.fields) {
    if (field === undefined || type !== 'text') continue
    const about = join([arrival.stream, field, type].map((one) => value(one)))
    await writer.run(sql`insert into ${conflictTable} (stream, field, type, position, event, value, taken_at)
      select ${about}, ${position}, null, substr(${column(name)}, 1, ${value(shownLength)}), ${value(arrival.at)}
      from ${rowsOf(arrival)} t where ${column(name)} is not null and ${isKept}`)
  }
}

/** Writes the marker of one file, with its counts. */
async function mark(
  writer: Writer,
  arrival: Work,
  { of, loaded, first, last }: Piece,
  verdicts: TableName | undefined,
): Promise<Row> {
  const [keyless] = await writer.rows(
    sql`select count(*) as n from ${loaded.table} where not ${isWhole(arrival)}`,
  )
  const unchangedWords = arrival.mode === 'append' ? sql`'unchanged', 'changed'` : sql`'unchanged'`
  const unchanged: Part =
    verdicts === undefined
      ? value(0)
      : sql`(select count(*) from ${verdicts} where verdict in (${unchangedWords}) and arrived between ${value(first)} and ${value(last)})`
  const rejected = loaded.rejectedRows + Number(keyless?.['n'])
  const received = loaded.rows + loaded.rejectedRows
  await writer.run(sql`insert into ${batchTable} (stream, fingerprint, name, first_position, last_position,
      received, stored, unchanged, rejected, removed, taken_at, cursor)
    select ${join([value(arrival.stream), value(of.fingerprint), value(of.name), value(first), value(last), value(received)])},
      ${value(received - rejected)} - unchanged, unchanged, ${value(rejected)}, 0, ${value(arrival.at)}, ${of.cursor === undefined ? sql`cast(null as varchar)` : value(of.cursor)}
    from (select ${as(unchanged, column('unchanged'))}) t`)
  const [row] = await writer.rows(
    sql`select received, stored, unchanged, rejected from ${batchTable} where stream = ${value(arrival.stream)} and first_position = ${value(first)} and fingerprint = ${value(of.fingerprint)}`,
  )
  if (!row) throw new Error('the marker of a batch was not kept')
  return row
}

function sum(rows: readonly Row[], removed: number): Counts {
  const total = (name: string) => rows.reduce((all, row) => all + Number(row[name]), 0)
  return {
    received: total('received'),
    stored: total('stored'),
    unchanged: total('unchanged'),
    rejected: total('rejected'),
    removed,
  }
}
