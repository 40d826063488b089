import type { Catalogue } from '#definitions'
import { type Engine, join, type Row, sql, value } from '#engine'
import { refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { fieldsByStream, type LakeField, previewOf } from '#lake'
import type { MappingPreview, MappingProposal, PreviewBody } from './api.ts'
import {
  type CompiledTarget,
  compileMapping,
  lossyFields,
  type Sources,
  valuesOf,
} from './compile.ts'
import { mappingFaults } from './faults.ts'
import { lookupsIn } from './kinds.ts'
import { modelIn } from './mappings.ts'
import { proposeMapping } from './propose.ts'
import { sourcesOf } from './sources.ts'

const usualRows = 10
const looksAt = 50

/** What looking at mappings needs. */
export interface PreviewTools {
  readonly engine: Engine
  readonly catalogue: () => Promise<Catalogue>
}

/** What a mapping would make of the first rows of its stream, or everything that is wrong with it. Nothing is kept. */
export async function previewMapping(
  { engine, catalogue }: PreviewTools,
  { rows: limit = usualRows, ...mapping }: PreviewBody,
): Promise<MappingPreview> {
  const all = await catalogue()
  const known = await knownFields(engine, all, mapping.stream)
  const lookups = lookupsIn([...known.keys()], (stream) => known.get(stream))
  const fields = known.get(mapping.stream)
  const source = fields === undefined ? [] : await previewOf(engine, mapping.stream, limit)
  const sources: Sources = fields
    ? sourcesOf(all, mapping.stream, { fields, lookups })
    : { fields, lookups }
  // Once something has come, a name that is not known is rather a slip than a field that is still to come.
  const isOpen = sources.isOpen === true && source.length === 0
  const { targets, problems } = compileMapping(mapping, modelIn(all), { ...sources, isOpen })
  refuseIfAny(problems)
  if (fields === undefined) throw mappingFaults.nothing_arrived({ stream: mapping.stream })
  const first = source.map((row) => BigInt(String(row['_position'])))
  return {
    source: source.map(ownFields),
    objects: await Promise.all(
      targets.map((target) => shownTarget(engine, target, { stream: mapping.stream, first })),
    ),
  }
}

async function shownTarget(
  engine: Engine,
  target: CompiledTarget,
  { stream, first }: { readonly stream: string; readonly first: readonly bigint[] },
): Promise<MappingPreview['objects'][number]> {
  const window = { stream, after: -1, until: Number.MAX_SAFE_INTEGER }
  const places = join(first.map((position) => value(position)))
  const found =
    first.length === 0
      ? []
      : await engine.rows(
          sql`select * from (${valuesOf(target, window)}) v where v._position in (${places}) order by v._position, v.id`,
        )
  const lossy = lossyFields(target)
  return {
    object: target.object.key,
    fields: target.filled.map(({ name, type }) => ({ field: name, type })),
    rows: found.map((row) => ({
      row: first.indexOf(BigInt(String(row['_position']))),
      values: Object.fromEntries(target.filled.map(({ name }) => [name, row[name] ?? null])),
      lost: lossy.filter(({ name, raw }) => isLost(row, name, raw)).map(({ name }) => name),
    })),
  }
}

/** A row without the columns that the lake adds. */
const ownFields = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_')))

const isLost = (row: Row, name: string, raw: string): boolean => {
  const was = row[raw] ?? null
  return was !== null && String(was).trim() !== '' && (row[name] ?? null) === null
}

/** A mapping for a stream whose rows look like people: by the names of its fields, and by what the first rows hold. */
export async function proposeFor(
  { engine, catalogue }: PreviewTools,
  stream: string,
): Promise<MappingProposal> {
  const fields = (await knownFields(engine, await catalogue(), stream)).get(stream)
  if (fields === undefined) throw mappingFaults.nothing_arrived({ stream })
  const rows = await previewOf(engine, stream, looksAt)
  const proposed = proposeMapping({
    stream,
    qualifier: stream,
    fields: fields.map((field) => ({ ...field, examples: examplesOf(field, rows) })),
  })
  return proposed ? { found: true, mapping: proposed.mapping } : { found: false }
}

const examplesOf = ({ name }: LakeField, rows: readonly Row[]): readonly string[] =>
  rows.flatMap((row) => (typeof row[name] === 'string' && row[name] !== '' ? [row[name]] : []))

async function knownFields(engine: Engine, all: Catalogue, stream: string) {
  const streams = all.list('stream').map(({ key }) => key)
  if (!streams.includes(stream))
    throw mappingFaults.unknown_stream(
      { stream, near: didYouMean(stream, streams) },
      { at: 'stream' },
    )
  return fieldsByStream(engine, streams)
}
