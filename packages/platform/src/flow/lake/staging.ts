import {
  type Ask,
  as,
  call,
  column,
  type Draft,
  type Engine,
  every,
  join,
  members,
  type Part,
  type Row,
  sql,
  type TableName,
  typeName,
  value,
} from '#engine'
import {
  fits,
  holdsValue,
  type Judged,
  jsonCell,
  kindsOf,
  mainCell,
  misfitReason,
  nth,
  type SideType,
  sideCell,
  sideTypes,
  surelyFits,
  typed,
} from './fit.ts'
import { isEmpty, type Lesson, learn } from './learn.ts'
import { memberOf, objectsOf, patchOf, pathOf, pointerOf } from './paths.ts'
import type { StreamShape } from './shape.ts'
import {
  currentTable,
  isInexact,
  isMain,
  type LakeField,
  moreName,
  pastTable,
  sideOf,
} from './tables.ts'

/** Where the lines of a stream are, and what is known of it. */
export interface Arriving {
  /** The lines of the log: `_event`, `_at`, `_stream`, `_kind`, `_body`. */
  readonly lines: TableName
  /** Which of them are the stream's and hold an event. */
  readonly where: Draft
  /** Whether lines take something away. */
  readonly hasDeletes: boolean
  /** Whether lines leave members as they were. */
  readonly hasMerges: boolean
  readonly shape: StreamShape
  /** The fields of the stream as its tables have them. */
  readonly known: readonly LakeField[]
  readonly ask: Ask
}

/** The lines of a stream, taken apart, with the fields that are needed to keep all that is in them. */
export interface StagedStream extends Arriving {
  /** All fields of the tables from now on. */
  readonly fields: readonly LakeField[]
  readonly added: readonly LakeField[]
  /** Integer fields that met a fraction and are numbers from now on. */
  readonly widened: readonly LakeField[]
  /** Side columns that get values from these lines. */
  readonly sides: readonly LakeField[]
  /**
   * A query for the rows: `_position`, `_event`, `_at`, `_kind`, `_problem` and all fields. A row's position is its place in the log
   * plus `shift`.
   */
  readonly rows: (shift: number) => Draft
  /** Whether a row can have a problem. */
  readonly mayRefuse: boolean
}

/** Takes the lines of a stream apart, learning new members on the way; the tables are gone after `use`. */
export async function stageStream<T>(
  engine: Engine,
  arriving: Arriving,
  use: (staged: StagedStream) => Promise<T>,
): Promise<T> {
  const { known, shape } = arriving
  const pinned = shape.fields.filter(({ name }) => !known.some((field) => field.name === name))
  let draft: Drafted = { ...arriving, fields: [...known, ...pinned], widened: [], seen: 0 }
  for (;;) {
    const next = await engine.staged(
      openedLines(draft),
      (opened) => settle(engine, { ...draft, opened }, use),
      draft.ask,
    )
    if ('done' in next) return next.done
    draft = next.again
  }
}

/** A field of whole numbers, and the line with the first fraction in it: before that line its values must be whole. */
interface Widened {
  readonly field: LakeField
  readonly since: number
}

/** What has been learned of a stream so far. */
interface Drafted extends Arriving {
  readonly fields: readonly LakeField[]
  readonly widened: readonly Widened[]
  /** Up to which line everything was looked at for new members. */
  readonly seen: number
}

interface Opened extends Drafted {
  readonly opened: TableName
}

type Settled<T> = { readonly done: T } | { readonly again: Drafted }

const mainsOf = ({ fields }: { fields: readonly LakeField[] }) => fields.filter(isMain)

const mostFieldsOf = ({ shape }: Arriving) => shape.mostFields ?? 1000

const isClosed = ({ shape }: Arriving) => shape.unknown === 'reject'

const isFull = (of: Drafted) => mainsOf(of).length >= mostFieldsOf(of)

/** Whether the rest of every line is needed, and not only whether there is any. */
const needsRest = (of: Drafted) => isClosed(of) || isFull(of)

const restOf = (of: Drafted): Part =>
  call('json_patch', column('_body'), value(patchOf(mainsOf(of).map(({ label }) => pathOf(label)))))

function openedLines(of: Drafted): Draft {
  const mains = mainsOf(of)
  const rest = needsRest(of) ? sql`, ${as(restOf(of), column('_rest'))}` : sql``
  const lines = sql`(select _event, _at, _kind, _body${rest} from ${of.lines} where ${of.where})`
  const sure = every(mains.map((field) => surelyFitsNow(of, field)))
  return sql`select *, _kind <> 'delete' and not coalesce(${sure}, true) as _odd
    from ${members(lines, '_body', mains.map(memberOf))} t`
}

function surelyFitsNow({ widened }: Drafted, { name, type }: LakeField): Draft {
  const met = widened.find(({ field }) => field.name === name)
  const fits = surelyFits(column(name), type)
  if (!met) return fits
  return sql`(${fits} and (_event >= ${value(met.since)} or ${surelyFits(column(name), met.field.type)}))`
}

/** Goes on when all members have their columns and all columns their types; else the lines are taken apart once more. */
async function settle<T>(
  engine: Engine,
  of: Opened,
  use: (staged: StagedStream) => Promise<T>,
): Promise<Settled<T>> {
  const { hasStrays, hasOdd } = await lookOver(engine, of)
  const learned = isClosed(of) ? undefined : await learnMore(engine, of, hasStrays)
  if (learned) return { again: { ...of, ...learned } }
  const suspects = hasOdd ? await suspectsIn(engine, of) : []
  if (suspects.length === 0)
    return { done: await use(stagedFrom(of, { judged: undefined, misfits: [] })) }
  return engine.staged(
    kindsIn(of, suspects),
    async (kinds): Promise<Settled<T>> => {
      const judged = { kinds, suspects }
      const misfits = await misfitsIn(engine, of, judged)
      const wider = misfits.filter((one) => isWidening(of, one))
      if (wider.length > 0) return { again: await withTypes(engine, of, wider) }
      return { done: await use(stagedFrom(of, { judged, misfits })) }
    },
    of.ask,
  )
}

/** Whether there is anything that is not as usual. */
async function lookOver(engine: Engine, { opened, ask }: Opened) {
  const [found] = await engine.rows(
    sql`select max(case when _stray then 1 else 0 end) as strays, max(case when _odd then 1 else 0 end) as odd from ${opened}`,
    ask,
  )
  return { hasStrays: found?.['strays'] === 1, hasOdd: found?.['odd'] === 1 }
}

const mostAtOnce = 500

/** New members, in the order in which they came; looks at a few hundred lines at a time. */
async function learnMore(
  engine: Engine,
  of: Opened,
  hasStrays: boolean,
): Promise<Pick<Drafted, 'fields' | 'seen'> | undefined> {
  let { seen } = of
  for (;;) {
    const found = await unlearned(engine, of, { after: seen, hasStrays })
    if (found.events.length > 0) {
      const bodies = await engine.rows(
        sql`select _body, _kind from ${of.lines} where _event in (${join(found.events.map((event) => value(event)))}) order by _event`,
        of.ask,
      )
      const known = { fields: of.fields, mostFields: mostFieldsOf(of), keys: of.shape.primaryKey }
      const added = learn(known, bodies.map(lessonFrom))
      if (added.length > 0) return { fields: [...of.fields, ...added], seen: found.upTo }
    }
    if (found.isAll) return undefined
    seen = found.upTo
  }
}

interface Unlearned {
  readonly events: readonly number[]
  readonly upTo: number
  readonly isAll: boolean
}

const lessonFrom = (row: Row): Lesson => ({
  body: String(row['_body']),
  isDelete: row['_kind'] === 'delete',
})

/** Lines that say of a row what it is; until the key is known, lines that take a row away as well. */
function isTelling({ shape, fields, hasDeletes }: Drafted): Draft {
  const isKeyKnown = shape.primaryKey.every((key) => fields.some(({ name }) => name === key))
  return isKeyKnown || !hasDeletes ? sql`_kind <> 'delete'` : sql`true`
}

/** The next lines that have members without a column. */
async function unlearned(
  engine: Engine,
  of: Opened,
  { after, hasStrays }: { after: number; hasStrays: boolean },
): Promise<Unlearned> {
  const rests = isFull(of)
    ? []
    : await engine.rows(
        sql`select rest, min(_event) as event from (
          select ${as(restOf(of), column('rest'))}, _event from ${of.lines} where ${of.where} and ${isTelling(of)}) r
        group by rest having min(_event) > ${value(after)} order by event limit ${value(mostAtOnce)}`,
        of.ask,
      )
  const strays = hasStrays
    ? await engine.rows(
        sql`select _event as event from ${of.opened}
          where _stray and ${isTelling(of)} and _event > ${value(after)} order by event limit ${value(mostAtOnce)}`,
        of.ask,
      )
    : []
  const ends = [rests, strays]
    .filter(({ length }) => length === mostAtOnce)
    .map((rows) => Number(rows.at(-1)?.['event']))
  const upTo = Math.min(...ends, Number.MAX_SAFE_INTEGER)
  const events = [...rests.filter((row) => !isEmpty(JSON.parse(String(row['rest'])))), ...strays]
    .map((row) => Number(row['event']))
    .filter((event) => event <= upTo)
  return { events: [...new Set(events)], upTo, isAll: ends.length === 0 }
}

/** Fields that have values which do not surely fit. */
async function suspectsIn(engine: Engine, of: Opened): Promise<readonly LakeField[]> {
  const mains = mainsOf(of).filter(({ type }) => type !== 'json')
  if (mains.length === 0) return []
  const doubts = mains.map((field, i) => {
    const isSure = sql`coalesce(${surelyFitsNow(of, field)}, true)`
    return as(sql`max(case when ${isSure} then 0 else 1 end)`, nth('f', i))
  })
  const [found] = await engine.rows(
    sql`select ${join(doubts)} from ${of.opened} where _odd`,
    of.ask,
  )
  return mains.filter((_, i) => found?.[`_f${i}`] === 1)
}

/** For the lines with values that do not surely fit: what these values are. */
function kindsIn(of: Opened, suspects: readonly LakeField[]): Draft {
  const kinds = suspects.map(({ label }, i) =>
    as(call('json_kind', column('_body'), value(pointerOf(pathOf(label)))), nth('k', i)),
  )
  return sql`select _event, ${join(kinds)} from ${of.lines} where _event in (select _event from ${of.opened} where _odd)`
}

interface Judging {
  readonly kinds: TableName
  readonly suspects: readonly LakeField[]
}

/** A field with values that do not fit it, what they are, and the line with the first of them. */
interface Misfit {
  readonly field: LakeField
  readonly type: SideType
  readonly since: number
}

function judgedCell(of: Opened, { suspects }: Judging, field: LakeField): Judged {
  const found = nth('k', suspects.indexOf(field), 'j')
  const text = column(field.name, 'o')
  const isObjectToo = objectsOf(mainsOf(of).map(({ label }) => label)).has(field.label)
  // Where members of an object have columns of their own, the object itself is no value; nor is an empty one.
  const isNothing = isObjectToo ? sql`true` : sql`not ${holdsValue(text)}`
  const kind = sql`case when ${found} = 'object' and ${isNothing} then null else ${found} end`
  const met = of.widened.find(({ field: one }) => one.name === field.name)
  const fitsNow = fits({ text, kind }, field.type)
  const fitsThen = met
    ? sql`(${fitsNow} and (o._event >= ${value(met.since)} or ${fits({ text, kind }, met.field.type)}))`
    : fitsNow
  return { text, kind, isJudged: sql`(j._event is not null)`, fits: fitsThen }
}

async function misfitsIn(engine: Engine, of: Opened, judging: Judging): Promise<readonly Misfit[]> {
  const pairs = judging.suspects.flatMap((field) => sideTypes.map((type) => ({ field, type })))
  const firsts = pairs.map(({ field, type }, i) => {
    const cell = judgedCell(of, judging, field)
    const isOne = sql`${cell.kind} in (${join(kindsOf(type).map((kind) => value(kind)))})`
    return as(sql`min(case when ${isOne} and not ${cell.fits} then o._event end)`, nth('m', i))
  })
  const [found] = await engine.rows(
    sql`select ${join(firsts)} from ${of.opened} o join ${judging.kinds} j on j._event = o._event`,
    of.ask,
  )
  return pairs.flatMap((pair, i): Misfit[] => {
    const since = found?.[`_m${i}`]
    return typeof since === 'number' ? [{ ...pair, since }] : []
  })
}

const isWidening = ({ shape }: Drafted, { field, type }: Misfit) =>
  field.type === 'integer' &&
  type === 'number' &&
  !shape.fields.some(({ name }) => name === field.name)

async function withTypes(engine: Engine, of: Opened, wider: readonly Misfit[]): Promise<Drafted> {
  const isWider = (name: string) => wider.some(({ field }) => field.name === name)
  const fields = of.fields.map(
    (field): LakeField => (isWider(field.name) ? { ...field, type: 'number' } : field),
  )
  const beside: LakeField[] = []
  for (const { field } of wider) {
    const side = sideOf(field, 'integer')
    const isThere = [...fields, ...beside].some(({ name }) => name === side.name)
    if (!isThere && isKnown(of, field) && (await losesDigits(engine, of, field))) beside.push(side)
  }
  return { ...of, fields: [...fields, ...beside], widened: [...of.widened, ...wider] }
}

const isKnown = ({ known }: Arriving, field: LakeField) =>
  known.some(({ name }) => name === field.name)

/** Whether the stream has whole numbers that are too large to be numbers. */
async function losesDigits(engine: Engine, of: Opened, field: LakeField): Promise<boolean> {
  const looks = [currentTable, pastTable].map(
    (tableOf) => sql`select 1 as n from ${tableOf(of.shape.key)} where ${isInexact(field)}`,
  )
  const found = await engine.rows(sql`${join(looks, sql` union all `)} limit 1`, of.ask)
  return found.length > 0
}

interface Judgement {
  readonly judged: Judging | undefined
  readonly misfits: readonly Misfit[]
}

function stagedFrom(of: Opened, { judged, misfits }: Judgement): StagedStream {
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
  const cells = fields.map((field) =>
    as(cellOf(of, { judged, misfits }, field), column(field.name)),
  )
  const keys = shape.mode === 'append' ? [] : shape.primaryKey
  const mayRefuse = problems.length > 0 || keys.length > 0
  const join_ = judged ? sql` left join ${judged.kinds} j on j._event = o._event` : sql``
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
    const from = sql`select ${join([...head, ...cells, ...refused])} from ${of.opened} o${join_}`
    if (!mayRefuse) return sql`(select *, cast(null as varchar) as _problem from (${from}) r)`
    return sql`(select *, coalesce(_refused, ${keyProblem(keys, fields)}) as _problem from (${from}) r)`
  }
  return {
    ...of,
    fields,
    added,
    widened: widened.map(({ field }) => field).filter((field) => isKnown(of, field)),
    sides: extra.filter(({ sideOf: main }) => main !== undefined),
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
  const reasons = join(
    fields.map((field) => misfitReason(judgedCell(of, judging, field), field)),
    sql` || `,
  )
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
