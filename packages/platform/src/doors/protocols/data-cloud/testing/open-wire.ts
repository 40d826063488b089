import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { accessMigrations, makeAccess } from '#access'
import { auditMigrations, makeAudit } from '#audit'
import { collectMigrations, makeCollecting, writeKeyRecords } from '#collect'
import { openSpool } from '#connectors'
import { memoryEngine } from '#engine/testing'
import { jobMigrations, makeJobs } from '#jobs'
import { systemCaller } from '#kernel/caller.ts'
import { systemClock } from '#kernel/clock.ts'
import { countedIds, type Ids } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { openLog } from '#log'
import { temporaryStore } from '#store/testing'
import {
  type BulkCounts,
  type BulkLoad,
  type DataCloudTools,
  dataCloudMigrations,
  type IngestObject,
  makeDataCloudFront,
} from '../index.ts'

/** The migrations that the wire and its neighbours need. */
const wireRooms = {
  audit: auditMigrations,
  access: accessMigrations,
  jobs: jobMigrations,
  collect: collectMigrations,
  data_cloud: dataCloudMigrations,
}

/** Objects that tests send to: the ones of the documentation's own examples. */
export const testObjects: readonly (IngestObject & { readonly at: string })[] = [
  {
    at: 'ntotest/exercises',
    stream: 'nto_exercises',
    once: false,
    partial: false,
    primaryKey: ['id'],
    fields: [
      { name: 'id', label: 'id', type: 'text', required: false },
      { name: 'contact_name', label: 'contact_name', type: 'text', required: false },
      { name: 'created_date', label: 'created_date', type: 'timestamp', required: false },
      { name: 'tax_exempt', label: 'tax_exempt', type: 'boolean', required: false },
      { name: 'total', label: 'total', type: 'number', required: false },
      { name: 'birth_day', label: 'BirthDay', type: 'date', required: false },
    ],
  },
  {
    at: 'ntotest/agreed',
    stream: 'nto_agreed',
    once: false,
    partial: false,
    problemWith: ({ id }) => (id === 'bad' ? 'the id is bad' : undefined),
    primaryKey: ['id'],
    fields: [{ name: 'id', label: 'id', type: 'text', required: true }],
  },
  {
    at: 'ntotest/visits',
    stream: 'nto_visits',
    once: true,
    partial: false,
    primaryKey: ['visit', 'page'],
    fields: [
      { name: 'visit', label: 'Visit', type: 'number', required: true },
      { name: 'page', label: 'Page', type: 'text', required: true },
      { name: 'note', label: 'Note', type: 'text', required: false },
    ],
  },
  {
    at: 'ntotest/numbered',
    stream: 'nto_numbered',
    once: false,
    partial: false,
    primaryKey: ['number'],
    fields: [{ name: 'number', label: 'Number', type: 'number', required: true }],
  },
  {
    at: 'ntotest/pairs',
    stream: 'nto_pairs',
    once: false,
    partial: false,
    primaryKey: ['a', 'b'],
    fields: [
      { name: 'a', label: 'A', type: 'text', required: true },
      { name: 'b', label: 'B', type: 'text', required: true },
    ],
  },
  {
    at: 'ntotest/persons',
    stream: 'nto_persons',
    once: false,
    partial: true,
    primaryKey: ['id'],
    fields: [
      { name: 'id', label: 'Id', type: 'text', required: true },
      { name: 'name', label: 'Name', type: 'text', required: true },
      { name: 'age', label: 'Age', type: 'number', required: false },
    ],
  },
]

/** Counts lines of files; a part that was seen before is left out and counts as it did then, as in the lake. */
export function countingLoad() {
  const seen = new Map<string, readonly string[]>()
  const load = async ({ parts, progress }: BulkLoad): Promise<BulkCounts> => {
    let received = 0
    for (const [i, { fingerprint, path }] of parts.entries()) {
      const lines = seen.get(fingerprint) ?? rowsIn(path)
      seen.set(fingerprint, lines)
      received += lines.length
      progress({ done: i + 1, total: parts.length })
    }
    return { received, stored: received, unchanged: 0, rejected: 0, removed: 0 }
  }
  return { load, seen }
}

// Collecting wants one, although nothing comes into the lake here.
const engine = await memoryEngine()

const rowsIn = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)

/** A server that speaks the wire, over a store, a log and a queue of its own. */
export async function openWire(of: Partial<DataCloudTools> & { readonly ids?: Ids } = {}) {
  const clock = of.clock ?? systemClock
  const ids = of.ids ?? countedIds()
  const store = await temporaryStore(wireRooms)
  const access = makeAccess({ store, audit: makeAudit({ store, clock }), clock, ids })
  const events = await openLog({ file: join(store.folder, 'log.sqlite'), clock, log: silentLog })
  const { intake } = makeCollecting({
    ...{ engine, events, clock, ids, log: silentLog },
    keys: writeKeyRecords(store),
    spool: await openSpool({ folder: join(store.folder, 'spool'), ids }),
    streams: async () => [],
    record: async () => {},
    onRound: () => {},
  })
  const jobs = makeJobs({ store, clock, ids, log: silentLog, pollMs: 20 })
  const counting = countingLoad()
  const folder = join(store.folder, 'bulk')
  const front = makeDataCloudFront({
    ...{ access, store, jobs, clock, ids, log: silentLog, folder, key: new Uint8Array(32) },
    collect: intake,
    load: counting.load,
    objectOf: async (source, object) =>
      testObjects.find(({ at }) => at === `${source}/${object}`.toLowerCase()),
    ...of,
  })
  await front.start()
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (front.takes(request.method ?? '', path)) front.answer(request, response)
    else response.writeHead(418).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const { secret, token } = await access.create(systemCaller, { name: 'crm', rights: ['write'] })
  const base = `http://127.0.0.1:${port}`

  return {
    ...{ base, access, token, secret, store, jobs, clock, folder, loaded: counting.seen, events },
    /** Asks with the token that may write. */
    ask: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${secret}`, ...headers },
        ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
      }),
    /** The lines of the log, as stream, kind and body. */
    kept: async () => {
      const chunks = await events.read(0, { maxBytes: 1e9 })
      const text = Buffer.concat(chunks.map(({ lines }) => lines)).toString()
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t').slice(2))
        .map(([stream, kind, body]) => ({ stream, kind, body: JSON.parse(body ?? '') }))
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await jobs.stop()
      await events.close()
      await store.close()
    },
  }
}

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array

/** The body of an answer, of which every member that tests look at is a text. */
export const bodyOf = async (answer: Response): Promise<Record<string, string>> =>
  (await answer.json()) as Record<string, string>

/** One server for all tests of a file that leave it as they found it. */
export async function sharedWire(): Promise<Awaited<ReturnType<typeof openWire>>> {
  const wire = await openWire()
  afterAll(wire[Symbol.asyncDispose])
  return wire
}
