import { createHash } from 'node:crypto'
import type { Batch, Connectors, Reading, Spool } from '#connectors'
import type { ArrivingFile, Engine, Survey } from '#engine'
import { didYouMean } from '#kernel/near.ts'
import {
  asLeftOut,
  type BatchFile,
  type Counts,
  cursorOf,
  fieldsOf,
  type LakeField,
  lastDeliveryOf,
  leftOutAs,
  retype,
  take,
  takenFrom,
} from '#lake'
import { contractOf, judgeOf, strangersTo, typeAgreed } from './agreed.ts'
import type { ConnectionDefinition, StreamDefinition } from './definition.ts'
import { type Delivery, eachDelivery, type Known } from './deliveries.ts'
import { streamFaults } from './faults.ts'
import { type Content, type Copy, lookForCopy, type Twins, watchingTwins } from './same-file.ts'
import { sparingOthers } from './spared.ts'

/** What pulling needs. */
export interface PullTools {
  readonly engine: Engine
  readonly connectors: Connectors
  readonly spool: Spool
  readonly now: () => Date
}

/** One stream with its connection, and who may stop the work. */
export interface Pull {
  readonly key: string
  readonly stream: StreamDefinition
  readonly connection: ConnectionDefinition
  readonly signal: AbortSignal
  readonly onBatch?: (counts: Counts, name: string) => void
}

/** What a pull brought. */
export interface Pulled extends Counts {
  readonly batches: number
  /** The fields that had to become text because their inferred type did not hold. */
  readonly widened: readonly string[]
  /** What came although the contract does not name it, where that is to be told. */
  readonly strangers: readonly string[]
  /** The files that hold the same as others that were taken before. */
  readonly copies: readonly Copy[]
  /** The files of a full refresh that hold the same as others of it, where rows have no key. */
  readonly twins: readonly Twins[]
}

/** Takes what is new at the source. Every file is one step that is kept whole; a full refresh is one step for all files. */
export async function pull(tools: PullTools, of: Pull): Promise<Pulled> {
  return of.stream.mode === 'full' ? pullFull(tools, of) : pullFiles(tools, of)
}

/** File after file: what was taken before is left out, so that a pull that died goes on where it was. */
async function pullFiles(tools: PullTools, of: Pull): Promise<Pulled> {
  await applyPinned(tools.engine, of)
  // A row that came once is there; one that is replaced may have to become what it was.
  const all = await takenFrom(tools.engine, of.key, of.stream.mode === 'append' ? 'ever' : 'last')
  const { same_file: onSame = 'again' } = of.stream
  const taken = onSame === 'skip' ? withLeftOut(all) : all
  const noted = notes()
  let [counts, batches] = [nothing, 0]
  const cursor = await cursorOf(tools.engine, { stream: of.key, mark: marked(of, '') })
  const reads = {
    read: (known: Known) => read(tools, of, { known, cursor }),
    marked: (fingerprint: string) => marked(of, fingerprint),
    isToldByContent: of.stream.mode === 'append' && of.stream.primary_key === undefined,
  }
  const asked = { engine: tools.engine, stream: of.key, onSame, at: tools.now(), signal: of.signal }
  const takeOne = async ({ name, isWhole, first, batches: parts }: Delivery) => {
    const looked: Content = reads.isToldByContent ? await lookForCopy(asked, first) : {}
    if (looked.copy) noted.copies.push(looked.copy)
    let n = 0
    if (looked.leftOut) {
      for await (const _ of parts) n++
      counts = plus(counts, looked.leftOut)
    } else {
      const known = await fieldsOf(tools.engine, of.key)
      const from = { batches: parts, known, noted, content: looked, onFile: () => n++ }
      const files = filesOf(tools, of, from)
      const { copiedFrom = [] } = looked
      const arrival = { ...arrivalOf(tools, of, noted), known, files, isWhole, copiedFrom }
      counts = plus(counts, await take(tools.engine, arrival))
    }
    batches += n
    of.onBatch?.(counts, name)
  }
  await sparingOthers((spare) =>
    // The parts of a list or a table belong together: without one of them there is no next.
    eachDelivery({ ...reads, taken }, (delivery) =>
      delivery.first.origin === undefined ? spare(() => takeOne(delivery)) : takeOne(delivery),
    ),
  )
  if (batches === 0 && taken.size === 0) throw streamFaults.nothing_there({ stream: of.key })
  return { ...counts, batches, ...told(noted) }
}

/** What was taken, and what was left out because it was there: that is not looked at again as long as copies are left out. */
const withLeftOut = (taken: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    [...taken].map(([fingerprint, origin]) => [leftOutAs(fingerprint) ?? fingerprint, origin]),
  )

/** Describes one batch after the other; the fields of those before are known to those that follow. */
async function* filesOf(
  tools: PullTools,
  of: Pull,
  from: {
    readonly batches: AsyncIterable<Batch>
    readonly known: readonly LakeField[]
    readonly noted: Notes
    readonly content?: Content
    readonly onFile: () => void
  },
): AsyncGenerator<BatchFile> {
  const met: LakeField[] = [...from.known]
  for await (const batch of from.batches) {
    const file = await withFields(tools, of, { batch, known: met, noted: from.noted })
    met.push(...file.fields.filter(({ name }) => !met.some((field) => field.name === name)))
    from.onFile()
    const { content, copy } = from.content ?? {}
    yield {
      ...file,
      ...(content === undefined ? {} : { content }),
      ...(copy === undefined ? {} : { sameAs: copy.same.name }),
      ...(copy?.came === false ? { fingerprint: asLeftOut(file.fingerprint) } : {}),
    }
    // A type that did not hold for this file is none to judge the next one by.
    for (const [i, field] of met.entries())
      if (from.noted.widened.has(field.name)) met[i] = { ...field, type: 'text' }
  }
}

/** All files together, as they are now; nothing at all when they are the same as the last time. */
async function pullFull(tools: PullTools, of: Pull): Promise<Pulled> {
  await applyPinned(tools.engine, of)
  const last = await lastDeliveryOf(tools.engine, of.key)
  const present = new Set<string>()
  const look = (fingerprint: string) => {
    present.add(marked(of, fingerprint))
    return true
  }
  for await (const _ of read(tools, of, { known: look }))
    throw new Error('a connector read what it was told to leave out')
  if (present.size === 0) {
    if (last.size === 0) throw streamFaults.nothing_there({ stream: of.key })
    return { ...nothing, batches: 0, ...told(notes()) }
  }
  if (isSame(present, last)) return { ...nothing, batches: 0, ...told(notes()) }
  const known = await fieldsOf(tools.engine, of.key)
  const noted = notes()
  let batches = 0
  const all = read(tools, of, { known: () => false })
  const { signal } = of
  const onTwins = (twins: Twins) => void noted.twins.push(twins)
  const parts = of.stream.primary_key === undefined ? watchingTwins(all, { signal, onTwins }) : all
  const files = filesOf(tools, of, { batches: parts, known, noted, onFile: () => batches++ })
  const counts = await take(tools.engine, { ...arrivalOf(tools, of, noted), known, files })
  of.onBatch?.(counts, of.key)
  return { ...counts, batches, ...told(noted) }
}

/** What is noticed on the way. */
interface Notes {
  readonly widened: Set<string>
  readonly strangers: Set<string>
  readonly copies: Copy[]
  readonly twins: Twins[]
}

const notes = (): Notes => ({ widened: new Set(), strangers: new Set(), copies: [], twins: [] })

const told = ({ widened, strangers, copies, twins }: Notes) => ({
  widened: [...widened],
  strangers: [...strangers].toSorted().slice(0, mostStrangers),
  copies,
  twins,
})

const mostStrangers = 50

function read(
  tools: PullTools,
  of: Pull,
  from: Pick<Reading<unknown, unknown>, 'known' | 'cursor'>,
) {
  const { settings, connector } = of.connection
  const { source } = of.stream
  return tools.connectors
    .get(connector)
    .read({ settings, source, ...from, spool: tools.spool, signal: of.signal })
}

/**
 * A file that is to be read in another way is another file: its mark changes with what the stream says of its source. Rows
 * that only come once are never read again.
 */
function marked({ stream }: Pull, fingerprint: string): string {
  if (stream.mode === 'append') return fingerprint
  const how = JSON.stringify([stream.source, stream.fields ?? {}, stream.primary_key ?? []])
  return `${fingerprint}#${createHash('sha256').update(how).digest('hex').slice(0, 16)}`
}

/** Gives columns the types that the definition now asks for; their files are read again, as their mark has changed. */
async function applyPinned(engine: Engine, { key, stream }: Pull): Promise<void> {
  const known = await fieldsOf(engine, key)
  const changed = known.flatMap((field) => {
    const type = stream.fields?.[field.name]?.type
    return type === undefined || type === field.type ? [] : [{ ...field, type }]
  })
  if (changed.length > 0) await retype(engine, key, changed)
}

const arrivalOf = (
  { now }: PullTools,
  { key, stream, signal }: Pull,
  { widened, strangers }: Notes,
) => ({
  stream: key,
  mode: stream.mode === 'merge' ? ('upsert' as const) : stream.mode,
  primaryKey: stream.primary_key ?? [],
  onConflict: stream.contract?.conflict ?? ('side' as const),
  judge: judgeOf(contractOf(stream), (path) => void strangers.add(path)),
  at: now(),
  signal,
  onWidened: (names: readonly string[]) => {
    for (const name of names) widened.add(name)
  },
})

interface Arriving {
  readonly batch: Batch
  readonly known: readonly LakeField[]
  readonly noted: Notes
}

/**
 * The fields of a file: as the stream knows them, as its definition says, or as they look. What was only inferred is
 * named, so that a type that does not hold everywhere becomes text and no value is refused for a guess.
 */
async function withFields(
  { engine }: PullTools,
  of: Pull,
  { batch, known, noted }: Arriving,
): Promise<BatchFile> {
  const file: ArrivingFile = { ...batch.file, name: batch.name }
  const survey = await engine.survey(file, of.signal)
  const found = survey.fields.length > 0 ? survey.fields : fieldsOfNothing(of, known, survey)
  if (survey.fields.length > 0) refuseUnknownNames(of, found)
  const pinned = of.stream.fields ?? {}
  const contract = contractOf(of.stream)
  if (contract?.unknown === 'warn')
    for (const { label } of strangersTo(contract, found)) noted.strangers.add(label)
  const stated = new Map(
    'columns' in batch.file ? batch.file.columns.map((one) => [one.name, one.type]) : [],
  )
  const fieldFrom = ({ label, name, type }: LakeField): LakeField => ({
    label,
    name,
    type:
      known.find((field) => field.name === name)?.type ??
      pinned[name]?.type ??
      stated.get(name) ??
      typeAgreed(contract, label) ??
      guessedType(of, { name, type }),
  })
  const fields = found.map(fieldFrom)
  const guessed = fields
    .filter(({ label }) => typeAgreed(contract, label) === undefined)
    .filter(
      (field) =>
        !Object.hasOwn(pinned, field.name) &&
        (!known.some((one) => one.name === field.name) || mayBecomeText(of, field)),
    )
    .map((field) => field.name)
  const { name, fingerprint, cursor, origin } = batch
  return {
    ...{ name, fingerprint: marked(of, fingerprint), file, fields, guessed },
    ...(cursor === undefined ? {} : { cursor }),
    ...(origin === undefined ? {} : { origin }),
  }
}

// The ids 1.1 and 1.10 are two.
const guessedType = ({ stream }: Pull, { name, type }: Pick<LakeField, 'name' | 'type'>) =>
  stream.primary_key?.includes(name) && (type === 'decimal' || type === 'number') ? 'text' : type

/**
 * Whether a column that is there may become text for a value that does not fit: of a key a value cannot stand beside its column. Only
 * where the texts of what is there are just what the files wrote, so that each key stays the one it was.
 */
const mayBecomeText = ({ stream }: Pull, { name, type }: LakeField) =>
  stream.primary_key?.includes(name) === true &&
  stream.contract?.conflict !== 'reject' &&
  (type === 'integer' || type === 'date')

/**
 * A file in which no record is sound is taken all the same: for what it rejects, for how far it has been read, and because nothing may be
 * all there is. Only records without any member need a field to stand in.
 */
function fieldsOfNothing(
  { stream }: Pull,
  known: readonly LakeField[],
  { sampled }: Survey,
): readonly LakeField[] {
  if (known.length > 0) return known.filter(({ sideOf }) => sideOf === undefined)
  const asked = [...new Set([...(stream.primary_key ?? []), ...Object.keys(stream.fields ?? {})])]
  const names = asked.length > 0 || sampled === 0 ? asked : ['value']
  return names.map((name) => ({ label: name, name, type: 'text' }))
}

function refuseUnknownNames({ key, stream }: Pull, found: readonly LakeField[]): void {
  const names = found.map(({ name }) => name)
  for (const field of [...(stream.primary_key ?? []), ...Object.keys(stream.fields ?? {})]) {
    if (names.includes(field)) continue
    throw streamFaults.key_not_in_source({ stream: key, field, near: didYouMean(field, names) })
  }
}

const nothing: Counts = { received: 0, stored: 0, unchanged: 0, rejected: 0, removed: 0 }

const plus = (a: Counts, b: Counts): Counts => ({
  received: a.received + b.received,
  stored: a.stored + b.stored,
  unchanged: a.unchanged + b.unchanged,
  rejected: a.rejected + b.rejected,
  removed: a.removed + b.removed,
})

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size === b.size && [...a].every((item) => b.has(item))
