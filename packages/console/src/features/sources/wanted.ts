import type { Body } from '../../lib/body.ts'

/** How rows of a stream come. */
export const modes = ['full', 'upsert', 'append'] as const
/** What rows of a stream are. */
export const categories = ['profile', 'engagement', 'other'] as const

/** A connection and a stream of it, as they are to be defined. */
export interface Wanted {
  readonly connector: string
  readonly connection: string
  readonly label: string
  readonly settings: Body
  readonly source: Body
  readonly stream: string
  readonly mode: (typeof modes)[number]
  readonly category: (typeof categories)[number]
  readonly primaryKey: readonly string[]
  readonly schedule: string
}

/** The two definitions, as files hold them; what was left empty is left out. */
export function definitionsOf(of: Wanted): readonly { kind: string; key: string }[] {
  const label = of.label.trim()
  const connection = {
    kind: 'connection',
    key: of.connection,
    ...(label === '' ? {} : { label }),
    connector: of.connector,
    settings: of.settings,
  }
  const stream = {
    kind: 'stream',
    key: of.stream,
    connection: of.connection,
    source: of.source,
    mode: of.mode,
    ...(of.primaryKey.length === 0 ? {} : { primary_key: of.primaryKey }),
    category: of.category,
    ...(of.schedule.trim() === '' ? {} : { schedule: of.schedule.trim() }),
  }
  return [connection, stream]
}

/** A key that a name suggests: of a file without its ending, of a table without its schema. */
export function keyFrom(name: string): string {
  const last = name.split('/').at(-1) ?? name
  const key = last
    .replace(/(\.(csv|tsv|txt|json|ndjson|jsonl|parquet|xlsx|xlsm))?(\.gz)?$/i, '')
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[0-9_]+|_+$/g, '')
  return key.slice(0, 50)
}
