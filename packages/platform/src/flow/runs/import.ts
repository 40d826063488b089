import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Connectors, Spool } from '#connectors'
import { type Definition, type Definitions, printDefinition, readFiles } from '#definitions'
import type { Engine, SurveyedField } from '#engine'
import type { Caller } from '#kernel/caller.ts'
import { snakeCase } from '#kernel/names.ts'
import { formulaOf, type MappingDefinition, proposeMapping } from '#mappings'
import type { ImportAnswer } from './api.ts'
import { runFaults } from './faults.ts'
import type { Runs } from './run.ts'

/** What taking in a file needs. */
export interface ImportTools {
  readonly engine: Engine
  readonly connectors: Connectors
  readonly spool: Spool
  readonly definitions: Definitions
  readonly runs: Runs
  /** Where files that people send are kept. */
  readonly folder: string
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
 * be changed or undone afterwards), and run.
 */
export async function importFile(tools: ImportTools, sent: SentFile): Promise<ImportAnswer> {
  const key = sent.key ?? keyFrom(sent.name)
  const file = await keepFile(tools, sent, key)
  const fields = await lookAt(tools, file, sent)
  const proposed = proposeMapping({ stream: key, qualifier: key, fields })
  const primaryKey = proposed?.primaryKey
  const stream: Definition = {
    kind: 'stream',
    key,
    body: {
      label: sent.name,
      connection: connection.key,
      source: { path: file },
      mode: 'full',
      ...(primaryKey === undefined ? {} : { primary_key: [primaryKey] }),
      category: proposed === undefined ? 'other' : 'profile',
    },
  }
  const wanted = [
    connection,
    stream,
    ...(proposed ? [{ kind: 'mapping', key, body: proposed.mapping }] : []),
  ]
  if (proposed && !(await hasRuleset(tools))) wanted.push(ruleset)
  await define(tools.definitions, wanted, sent.caller)
  return {
    job: await tools.runs.start(),
    stream: key,
    mapped: proposed !== undefined,
    fields: fields.map(({ name, type }) => ({
      name,
      type,
      fills: filledBy(name, proposed?.mapping),
    })),
  }
}

/** All of it as one change, so that one undo takes it back. */
async function define(
  definitions: Definitions,
  wanted: readonly Definition[],
  caller: Caller,
): Promise<void> {
  const files = wanted.map((one) => ({
    file: `${one.kind} ${one.key}`,
    text: printDefinition(one),
  }))
  await definitions.apply(await definitions.plan(readFiles(files)), caller)
}

function keyFrom(name: string): string {
  const key = snakeCase(name.replace(/(\.(csv|tsv|txt|json|ndjson|jsonl|parquet))?(\.gz)?$/i, ''))
  return /^[a-z]/.test(key) ? key.slice(0, 50) : `file_${key}`.slice(0, 50)
}

/** Keeps a file whole or not at all; a file of the same key is replaced. */
async function keepFile(
  { folder }: ImportTools,
  { name, content, signal }: SentFile,
  key: string,
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const ending = /(\.[a-z]+)?(\.gz)?$/i.exec(name)?.[0] || '.csv'
  const file = `${key}${ending.toLowerCase()}`
  const part = join(folder, `.${file}.part`)
  try {
    await pipeline(content, createWriteStream(part, { mode: 0o600 }), { signal })
    await rename(part, join(folder, file))
  } finally {
    await rm(part, { force: true })
  }
  return file
}

async function lookAt(
  { connectors, engine, spool }: ImportTools,
  path: string,
  { signal }: SentFile,
): Promise<readonly SurveyedField[]> {
  const source = { path }
  const batches = connectors
    .get('uploads')
    .read({ settings: {}, source, known: () => false, spool, signal })
  for await (const { file } of batches) return (await engine.survey(file, signal)).fields
  throw runFaults.nothing_in_it({ file: path })
}

const hasRuleset = async ({ definitions }: ImportTools) =>
  (await definitions.list('ruleset')).some(
    ({ body }) => (body as { on?: unknown }).on === 'individual',
  )

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
