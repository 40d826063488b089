import type { DestinationBody } from '#activation'
import type { Reading } from '#definitions'
import { Fault, joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { formulaOf, itemFields, type MappingDefinition } from '#mappings'
import { type Model, type ModelObject, type ModelObjectDefinition, modelOf } from '#model'
import { compileFormula } from '#query'
import type { ConnectionDefinition, StreamDefinition } from '#streams'
import { columnsOf, fits, namesIn, typeOfColumn } from './columns.ts'
import {
  type GivenRow,
  modelSource,
  streamOf,
  type TrialBody,
  type TrialStep,
} from './definition.ts'
import { trialFaults } from './faults.ts'

/** How rows of a stream get into a house: as files in a folder of their own. */
export interface Feed {
  readonly stream: string
  /** Below the folder of files of the house. */
  readonly folder: string
  readonly columns: readonly string[]
  readonly mode: StreamDefinition['mode']
  readonly key: readonly string[]
}

/** Definitions as a test needs them: what is fetched comes out of files, nothing waits and nothing leaves. */
export interface Prepared {
  readonly reading: Reading
  readonly feeds: ReadonlyMap<string, Feed>
}

/** The rows of a test, by stream and by model object, those of all steps together. */
export interface AllRows {
  readonly rows: ReadonlyMap<string, readonly GivenRow[]>
  readonly model: ReadonlyMap<string, readonly GivenRow[]>
}

/** What a test gives at its beginning and in each step. */
export const stepsOf = ({
  now: _,
  label: __,
  steps = [],
  ...first
}: TrialBody): readonly TrialStep[] => [first, ...steps]

/** Rewrites definitions for one test; says what the test speaks of that is not there. */
export function prepare(
  reading: Reading,
  all: AllRows,
  receives: (connector: string) => boolean,
): Prepared & { readonly problems: readonly Problem[] } {
  const { documents } = reading
  const bodies = <T>(kind: string) =>
    // What is of no sound shape is refused when it is planned, before anything is done with it.
    documents.flatMap((one) => (one.kind === kind ? [{ key: one.key, body: one.body as T }] : []))
  const connections = new Map(
    bodies<ConnectionDefinition>('connection').map(({ key, body }) => [key, body]),
  )
  const streams = bodies<StreamDefinition>('stream')
  const mappings = bodies<MappingDefinition>('mapping')
  const model = modelOf(bodies<ModelObjectDefinition>('model_object'))
  const isReceived = ({ connection }: StreamDefinition) =>
    receives(connections.get(connection)?.connector ?? '')
  const fetched = streams.filter(({ body }) => !isReceived(body))
  // What no rows are given for brings none, so nothing is known of its columns and nothing is made of it.
  const given = fetched.filter(({ key }) => all.rows.has(key))
  const feeds = given.map(({ key, body }) => {
    const rows = all.rows.get(key) ?? []
    const read = mappings.filter((one) => one.body.stream === key).map((one) => one.body)
    return feedOf({ key, body, rows, types: typesFor(read, { ...body, rows }, model) })
  })
  const silent = new Set(fetched.flatMap(({ key }) => (all.rows.has(key) ? [] : [key])))
  const own = [...all.model].flatMap(([object, rows]) => {
    const found = model.find(object)
    return found ? [ownFeed(found, rows)] : []
  })
  const changed = new Map([...feeds, ...own].map((one) => [one.feed.stream, one.body]))
  const rewritten = documents.flatMap((one) => {
    // As above.
    if (one.kind === 'mapping' && silent.has((one.body as MappingDefinition).stream)) return []
    const body = rewrite(one.kind, one.body, { changed, key: one.key, receives })
    return [{ ...one, body }]
  })
  const added = own.flatMap(({ documents: of }) => of)
  const [place] = documents
  const more =
    place && all.model.size > 0
      ? [ownConnection, ...added].map((of) => ({ ...place, ...of, isSound: true }))
      : []
  return {
    reading: { documents: [...rewritten, ...more], problems: reading.problems },
    feeds: new Map([...feeds, ...own].map(({ feed }) => [feed.stream, feed])),
    problems: problemsOf(all, {
      streams: new Map(streams.map((one) => [one.key, one.body])),
      isReceived,
      model,
    }),
  }
}

interface Feeding {
  readonly key: string
  readonly body: StreamDefinition
  readonly rows: readonly GivenRow[]
  /** Columns that are read, with the types that they are made for. */
  readonly types: ReadonlyMap<string, FieldType>
}

function feedOf({ key, body, rows, types }: Feeding) {
  const columns = [...new Set([...columnsOf(rows), ...types.keys(), ...(body.primary_key ?? [])])]
  const fields = Object.fromEntries(
    columns.flatMap((name) => {
      const type = typeOfColumn(rows.map((row) => row[name])) ?? types.get(name) ?? 'text'
      return /^[a-z][a-z0-9_]*$/.test(name) ? [[name, { type }]] : []
    }),
  )
  const feed: Feed = {
    stream: key,
    folder: key,
    columns,
    mode: body.mode,
    key: body.primary_key ?? [],
  }
  const { schedule: _, ...rest } = body
  const path = body.mode === 'full' ? `${key}/all.csv` : `${key}/*.csv`
  return {
    feed,
    body: {
      ...rest,
      source: { path, format: 'csv', delimiter: ',' },
      fields: { ...fields, ...body.fields },
    },
  }
}

/** The columns of a stream that mappings read, with types that fit the formulas; those of values that are given come first. */
function typesFor(
  mappings: readonly MappingDefinition[],
  { fields = {}, rows }: Pick<StreamDefinition, 'fields'> & { readonly rows: readonly GivenRow[] },
  model: Model,
): ReadonlyMap<string, FieldType> {
  const types = new Map<string, FieldType>()
  for (const name of columnsOf(rows)) {
    const type = typeOfColumn(rows.map((row) => row[name]))
    if (type !== undefined) types.set(name, type)
  }
  for (const [name, { type }] of Object.entries(fields)) types.set(name, type)
  const formulas = mappings.flatMap(({ objects }) =>
    objects.flatMap((one) => formulasIn(one, model)),
  )
  // A field that is filled as it is tells its type; then come formulas, of which the shorter ones leave less open.
  const sorted = formulas.toSorted(
    (a, b) => Number(b.isPlain) - Number(a.isPlain) || a.text.length - b.text.length,
  )
  for (const formula of sorted) {
    const known = formula.isOfItem ? new Map([...types, ...itemTypes]) : types
    const open = namesIn(formula.text).filter((name) => !known.has(name))
    for (const [name, type] of fittingTypes(formula, open, known)) types.set(name, type)
  }
  return types
}

interface Filling {
  readonly text: string
  readonly isPlain: boolean
  readonly fills: FieldType | undefined
  /** Whether it may name the item of a list, which is no column. */
  readonly isOfItem: boolean
}

const itemTypes = itemFields.map(({ name, type }) => [name, type] as const)

function formulasIn(
  { object, each, where, fields }: MappingDefinition['objects'][number],
  model: Model,
): readonly Filling[] {
  const known = model.find(object)?.fields ?? {}
  const isOfItem = each !== undefined
  const all = Object.entries(fields).map(([name, of]): Filling => {
    const text = formulaOf(of)
    return { text, isPlain: isName(text), fills: known[name]?.type, isOfItem }
  })
  if (each !== undefined)
    all.push({ text: each, isPlain: isName(each), fills: 'json', isOfItem: false })
  if (where !== undefined) all.push({ text: where, isPlain: false, fills: 'boolean', isOfItem })
  return all
}

const isName = (text: string) => /^[a-z_][a-z0-9_]*$/i.test(text.trim())

const guesses: readonly FieldType[] = ['text', 'decimal', 'timestamp', 'boolean', 'date']

/** Types for the columns that a formula leaves open: the first with which it can be compiled. */
function fittingTypes(
  { text, isPlain, fills }: Filling,
  open: readonly string[],
  known: ReadonlyMap<string, FieldType>,
): readonly (readonly [string, FieldType])[] {
  if (open.length === 0) return []
  if (isPlain) return open.map((name) => [name, fills ?? 'text'] as const)
  const one = guesses.map((type) => open.map((name) => [name, type] as const))
  const [first = '', ...others] = open
  const mixed = guesses.flatMap((type) =>
    guesses.map((rest) => [[first, type] as const, ...others.map((name) => [name, rest] as const)]),
  )
  const all = [...one, ...(others.length > 0 ? mixed : [])]
  return all.find((types) => compiles(text, new Map([...known, ...types]))) ?? one[0] ?? []
}

function compiles(text: string, types: ReadonlyMap<string, FieldType>): boolean {
  try {
    compileFormula(text, { fields: [...types].map(([name, type]) => ({ name, type })) })
    return true
  } catch (thrown) {
    if (thrown instanceof Fault) return false
    throw thrown
  }
}

const ownConnection = {
  kind: 'connection',
  key: modelSource,
  body: { connector: 'files', settings: { folder: '.' } },
}

/** A stream and a mapping that fill a model object as it is. */
function ownFeed(object: ModelObject, rows: readonly GivenRow[]) {
  const stream = streamOf(object.key)
  const names = columnsOf(rows).filter((name) => Object.hasOwn(object.fields, name))
  const types = new Map(
    [...new Set(['id', ...names])].map(
      (name) => [name, object.fields[name]?.type ?? 'text'] as const,
    ),
  )
  const body: StreamDefinition = {
    connection: modelSource,
    source: {},
    mode: 'upsert',
    primary_key: ['id'],
    category: object.category,
    fields: Object.fromEntries([...types].map(([name, type]) => [name, { type }])),
  }
  const mapping: MappingDefinition = {
    stream,
    qualifier: modelSource,
    objects: [
      {
        object: object.key,
        fields: Object.fromEntries([...types.keys()].map((name) => [name, name])),
      },
    ],
  }
  const made = feedOf({ key: stream, body, rows, types })
  return {
    ...made,
    documents: [
      { kind: 'stream', key: stream, body: made.body },
      { kind: 'mapping', key: stream, body: mapping },
    ],
  }
}

interface Rewriting {
  readonly key: string
  readonly changed: ReadonlyMap<string, unknown>
  readonly receives: (connector: string) => boolean
}

function rewrite(kind: string, body: unknown, { key, changed, receives }: Rewriting): unknown {
  if (kind === 'stream') return changed.get(key) ?? body
  if (kind === 'connection') {
    // As above.
    const { connector, label } = body as ConnectionDefinition
    if (receives(connector)) return body
    const files = { connector: 'files', settings: { folder: '.' } }
    return label === undefined ? files : { ...files, label }
  }
  if (kind !== 'destination') return body
  const { limits: _, ...unlimited } = body as DestinationBody
  return unlimited
}

interface There {
  readonly streams: ReadonlyMap<string, StreamDefinition>
  readonly isReceived: (stream: StreamDefinition) => boolean
  readonly model: Model
}

function problemsOf(all: AllRows, { streams, isReceived, model }: There): readonly Problem[] {
  const ofStreams = [...all.rows.keys()].flatMap((stream) => {
    const place = { at: joinPlace('rows', stream) }
    const found = streams.get(stream)
    if (!found) {
      const near = didYouMean(stream, streams.keys())
      return trialFaults.unknown_stream({ stream, near }, place).problems
    }
    return isReceived(found) ? trialFaults.takes_no_rows({ stream }, place).problems : []
  })
  const ofObjects = [...all.model].flatMap(([object, rows]) => {
    const at = joinPlace('model', object)
    const found = model.find(object)
    if (!found) {
      const near = didYouMean(
        object,
        model.objects.map(({ key }) => key),
      )
      return trialFaults.unknown_object({ object, near }, { at }).problems
    }
    const unfit = rows.flatMap((row, i) =>
      Object.entries(row).flatMap(([field, cell]) => {
        const type = found.fields[field]?.type
        if (type === undefined || fits(cell, type)) return []
        const details = { found: JSON.stringify(cell), type }
        return trialFaults.unfit_value(details, { at: `${at}[${i}].${field}` }).problems
      }),
    )
    const unknown = columnsOf(rows).flatMap((field) => {
      if (Object.hasOwn(found.fields, field)) return []
      const near = didYouMean(field, Object.keys(found.fields))
      return trialFaults.unknown_field({ object, field, near }, { at: joinPlace(at, field) })
        .problems
    })
    return [...unknown, ...unfit]
  })
  return [...ofStreams, ...ofObjects]
}
