import {
  as,
  column,
  type Engine,
  join,
  type Loaded,
  type Part,
  type Row,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import {
  type Arrival,
  type BatchFile,
  type Counts,
  neededOf,
  type Piece,
  rowsOf,
  type Work,
} from './arrival.ts'
import { judged } from './judge.ts'
import { mendedShown, reject } from './refused.ts'
import {
  batchTable,
  conflictTable,
  currentTable,
  fieldsOf,
  type LakeField,
  pastTable,
  position,
  rejectedTable,
  remadeTable,
  retire,
  retype,
  shapeTables,
  shownLength,
  sideOf,
  until,
} from './tables.ts'
import { verdictsOf, withoutKey, withVerdicts } from './verdicts.ts'

/**
 * Takes files into the lake, in one engine transaction together with the marker that says so: whatever dies when, they
 * are in the lake once or not at all.
 */
export function take(engine: Engine, { files, ...from }: Arrival): Promise<Counts> {
  const iterator = files[Symbol.asyncIterator]()
  return loadAll({ ...from, engine, iterator }, [], async (loaded) => {
    if (loaded.length === 0)
      return { received: 0, stored: 0, unchanged: 0, rejected: 0, removed: 0 }
    const arrival = await withKeysAsText(engine, from, loaded)
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

/** Makes text of columns of the key that are there, where what arrives cannot be kept as they are. */
async function withKeysAsText<Of extends Omit<Arrival, 'files'>>(
  engine: Engine,
  arrival: Of,
  loaded: readonly LoadedFile[],
): Promise<Of> {
  const arrived = unionOf(loaded).filter(({ type }) => type === 'text')
  const isOther = ({ name, type }: LakeField) =>
    type !== 'text' &&
    arrival.primaryKey.includes(name) &&
    arrived.some((field) => field.name === name)
  const known = arrival.known.map((field) =>
    isOther(field) ? { ...field, type: 'text' as const } : field,
  )
  const changed = known.filter((field, i) => field !== arrival.known[i])
  if (changed.length > 0) await retype(engine, arrival.stream, changed)
  return { ...arrival, known }
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
  if (work.primaryKey.length === 0)
    return withoutKey(writer, work, (verdicts) => write(writer, work, verdicts))
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
  const result = await engine.load(
    { file, fields, lenient, ...neededOf(primaryKey), signal },
    async (loaded) => {
      const wrong = guessed.length === 0 ? [] : await misfitsIn(engine, loaded)
      widened = guessed.filter((name) => wrong.includes(name))
      if (widened.length > 0) return undefined
      const kept = { ...of, fields: judge?.kept(fields) ?? fields }
      return {
        of: await judged(engine, { judge, fields, loaded, signal }, (left) => use(kept, left)),
      }
    },
  )
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
  const mended = mendedShown(arrival)
  const isNotMended = mended ? sql`and ${position} not in (${mended})` : sql``
  return retire(
    writer,
    arrival,
    sql`select ${position} as old, ${last} as by_whom from ${currentTable(arrival.stream)}
      where ${position} < ${value(arrival.pieces[0]?.first ?? 0)}
        and ${position} not in (select was from ${verdicts} where was is not null) ${isNotMended}`,
  )
}

async function insertNew(
  writer: Writer,
  arrival: Work,
  verdicts: TableName | undefined,
): Promise<void> {
  const columns = join([...arrival.fields.map(({ name }) => column(name)), position])
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
  piece: Piece,
  verdicts: TableName | undefined,
): Promise<Row> {
  const { of, loaded, first, last } = piece
  const [listed] = await writer.rows(sql`select count(*) as n from ${rejectedTable}
    where stream = ${value(arrival.stream)} and position between ${value(first)} and ${value(last)}`)
  const rejected = Number(listed?.['n'])
  const received = loaded.rows + loaded.rejectedRows
  const again = loaded.rejectedRows - rejected
  const unchangedWords = arrival.mode === 'append' ? sql`'unchanged', 'changed'` : sql`'unchanged'`
  const unchanged: Part =
    verdicts === undefined
      ? value(again)
      : sql`(select count(*) from ${verdicts} where verdict in (${unchangedWords}) and arrived between ${value(first)} and ${value(last)}) + ${value(again)}`
  await writer.run(sql`insert into ${batchTable} (stream, fingerprint, name, first_position, last_position,
      received, stored, unchanged, rejected, removed, taken_at, cursor, origin, content, same_as)
    select ${join([value(arrival.stream), value(of.fingerprint), value(of.name), value(first), value(last), value(received)])},
      ${value(received - rejected)} - unchanged, unchanged, ${value(rejected)}, 0, ${value(arrival.at)}, ${join([of.cursor, of.origin, of.content, of.sameAs].map(textOr))}
    from (select ${as(unchanged, column('unchanged'))}) t`)
  const [row] = await writer.rows(
    sql`select received, stored, unchanged, rejected from ${batchTable} where stream = ${value(arrival.stream)} and first_position = ${value(first)} and fingerprint = ${value(of.fingerprint)}`,
  )
  if (!row) throw new Error('the marker of a batch was not kept')
  return row
}

const textOr = (of: string | undefined): Part =>
  of === undefined ? sql`cast(null as varchar)` : value(of)

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
