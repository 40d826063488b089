import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Connectors, Spool } from '#connectors'
import {
  type Catalogue,
  type Definition,
  type Definitions,
  printDefinition,
  readFiles,
} from '#definitions'
import type { Engine, SurveyedField } from '#engine'
import type { Caller } from '#kernel/caller.ts'
import { Fault } from '#kernel/fault.ts'
import { snakeCase } from '#kernel/names.ts'
import { findsItsFields, formulaOf, type MappingDefinition, proposeMapping } from '#mappings'
import type { StreamDefinition } from '#streams'
import type { ImportAnswer } from './api.ts'
import { runFaults } from './faults.ts'
import type { Runs } from './run.ts'

/** What taking in a file needs. */
export interface ImportTools {
  readonly engine: Engine
  readonly connectors: Connectors
  readonly spool: Spool
  readonly definitions: Definitions
  readonly runs: Pick<Runs, 'start'>
  /** Where files that people send are kept. */
  readonly folder: string
  /** Hears which fields a stream will have, so that definitions may name them before the file is loaded. */
  readonly expect: (stream: string, fields: readonly SurveyedField[]) => void
}

/** A file that a person sends. */
export interface SentFile {
  readonly name: string
  readonly key?: string | undefined
  readonly content: AsyncIterable<Uint8Array>
  readonly caller: Caller
  readonly signal: AbortSignal
}

const connection: Definition = {
  kind: 'connection',
  key: 'uploads',
  body: { label: 'Sent files', connector: 'uploads', settings: {} },
}

/** Rules to begin with, when there are none yet: one e-mail address or phone number, and one name. */
const ruleset: Definition = {
  kind: 'ruleset',
  key: 'people',
  body: {
    label: 'People',
    on: 'individual',
    match: ['first_name', 'last_name', 'person_name'].flatMap((name) => [
      ruleOf('email', name, { object: 'contact_point_email', field: 'email_address' }),
      ruleOf('phone', name, { object: 'contact_point_phone', field: 'telephone_number' }),
    ]),
    reconcile: { default: 'last_updated' },
  },
}

function ruleOf(what: string, name: string, contactPoint: { object: string; field: string }) {
  const all = [contactPoint, { object: 'individual', field: name }]
  return { key: `${what}_and_${name}`, all: all.map((of) => ({ ...of, by: 'normalised' })) }
}

/**
 * Takes a person's own file through the flow: kept, looked at, described by definitions like any other source (which can
 * be changed or undone afterwards), and run. A file that is sent again replaces the one of its name, and leaves the
 * definitions as they are while they fit it; one that cannot be read replaces nothing.
 */
export async function importFile(tools: ImportTools, sent: SentFile): Promise<ImportAnswer> {
  const key = sent.key ?? keyFrom(sent.name)
  const all = await tools.definitions.catalogue()
  refuseTaken(all, key, sent)
  await mkdir(tools.folder, { recursive: true, mode: 0o700 })
  const arriving = await mkdtemp(join(tools.folder, 'arriving-'))
  try {
    const file = await keepFile(arriving, sent, key)
    const fields = await lookAt(tools, { folder: basename(arriving), file }, sent)
    const { definitions, mapping } = describe(all, { key, file, fields, label: sent.name })
    tools.expect(key, fields)
    const change = await define(tools.definitions, definitions, sent.caller)
    await rename(join(arriving, file), join(tools.folder, file))
    return {
      job: await tools.runs.start(),
      stream: key,
      mapped: mapping !== undefined,
      ...(change === undefined ? {} : { change }),
      fields: fields.map(({ name, type }) => ({ name, type, fills: filledBy(name, mapping) })),
    }
  } finally {
    await rm(arriving, { recursive: true, force: true })
  }
}

/** A file never takes the place of something else in silence. */
function refuseTaken(all: Catalogue, key: string, sent: SentFile): void {
  const body = all.find<StreamDefinition>('stream', key)?.body
  if (body === undefined) return
  const isSent = body.connection === connection.key
  if (isSent && (sent.key !== undefined || body.label === sent.name)) return
  const holds = isSent ? `the file ${body.label ?? key}` : `what comes from ${body.connection}`
  throw runFaults.key_taken({ key, holds })
}

interface Looked {
  readonly key: string
  readonly file: string
  readonly fields: readonly SurveyedField[]
  readonly label: string
}

/** The definitions that a file needs, and its mapping: the one that is there while the file has what it names. */
function describe(
  all: Catalogue,
  { key, file, fields, label }: Looked,
): { definitions: readonly Definition[]; mapping: MappingDefinition | undefined } {
  const stream = all.find<StreamDefinition>('stream', key)
  const mapping = all.list<MappingDefinition>('mapping').find(({ body }) => body.stream === key)
  const names = fields.map(({ name }) => name)
  const hasKeys = (stream?.body.primary_key ?? []).every((name) => names.includes(name))
  if (stream && mapping && hasKeys && findsItsFields(mapping.body, all, fields)) {
    const body = { ...stream.body, label, source: { ...stream.body.source, path: file } }
    return { definitions: [{ kind: 'stream', key, body }], mapping: mapping.body }
  }
  const proposed = proposeMapping({ stream: key, qualifier: key, fields })
  const primaryKey = proposed?.primaryKey
  const body = {
    label,
    connection: connection.key,
    source: { path: file },
    mode: 'full',
    ...(primaryKey === undefined ? {} : { primary_key: [primaryKey] }),
    category: proposed === undefined ? 'other' : 'profile',
  }
  const definitions = [connection, { kind: 'stream', key, body }]
  if (proposed)
    definitions.push({ kind: 'mapping', key: mapping?.key ?? key, body: proposed.mapping })
  if (proposed && !hasRuleset(all)) definitions.push(ruleset)
  return { definitions, mapping: proposed?.mapping }
}

/** All of it as one change, so that one undo takes it back; its number, if anything had to be changed. */
async function define(
  definitions: Definitions,
  wanted: readonly Definition[],
  caller: Caller,
): Promise<number | undefined> {
  const files = wanted.map((one) => ({
    file: `${one.kind} ${one.key}`,
    text: printDefinition(one),
  }))
  const change = await definitions.apply(await definitions.plan(readFiles(files)), caller)
  return change?.number
}

function keyFrom(name: string): string {
  const key = snakeCase(
    name.replace(/(\.(csv|tsv|txt|json|ndjson|jsonl|parquet|xlsx|xlsm))?(\.gz)?$/i, ''),
  )
  return /^[a-z]/.test(key) ? key.slice(0, 50) : `file_${key}`.slice(0, 50)
}

/** Writes a file beside those that are in use; its name there. */
async function keepFile(
  folder: string,
  { name, content, signal }: SentFile,
  key: string,
): Promise<string> {
  const ending = /(\.[a-z]+)?(\.gz)?$/i.exec(name)?.[0] || '.csv'
  const file = `${key}${ending.toLowerCase()}`
  await pipeline(content, createWriteStream(join(folder, file), { mode: 0o600 }), { signal })
  return file
}

async function lookAt(
  { connectors, engine, spool }: ImportTools,
  { folder, file }: { folder: string; file: string },
  { signal }: SentFile,
): Promise<readonly SurveyedField[]> {
  const source = { path: join(folder, file) }
  try {
    const batches = connectors
      .get('uploads')
      .read({ settings: {}, source, known: () => false, spool, signal })
    for await (const batch of batches)
      return (await engine.survey({ ...batch.file, name: file }, signal)).fields
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    // Whoever sent the file knows its name, not where it waits.
    const say = thrown.message.replaceAll(source.path, file)
    const { code, status, details } = thrown
    throw new Fault({ code, status, details: { ...details, name: file }, say, cause: thrown })
  }
  throw runFaults.nothing_in_it({ file })
}

const hasRuleset = (all: Catalogue) =>
  all.list<{ on?: unknown }>('ruleset').some(({ body }) => body.on === 'individual')

// What only tells rows apart or leads back to the person says nothing about what a field is.
const keyFields = ['id', 'individual_id']

function filledBy(name: string, mapping: MappingDefinition | undefined): string[] {
  const mentions = new RegExp(`(?<![\\w'])"?${name}"?(?![\\w'(])`)
  return (mapping?.objects ?? []).flatMap(({ object, fields }) =>
    Object.entries(fields)
      .filter(([field, of]) => !keyFields.includes(field) && mentions.test(formulaOf(of)))
      .map(([field]) => `${object}.${field}`),
  )
}
