import type { Item, Message } from '#collect'
import { openObject } from '../bulk/bulk.ts'
import { ingestFaults } from '../faults.ts'
import { type IngestObject, keyLabels } from '../object.ts'
import type { DataCloudTools } from '../tools.ts'
import { check, isObject } from './mismatch.ts'

/** What sending records one by one needs. */
export type StreamingTools = Pick<DataCloudTools, 'collect' | 'objectOf' | 'clock'>

/** Which object of which source. */
export interface Address {
  readonly source: string
  readonly object: string
}

/** What clients do with single records. All settle when what they were given is on disk. */
export interface Streaming {
  readonly insert: (to: Address, body: unknown) => Promise<void>
  /** Checks as `insert` does, and keeps nothing. */
  readonly test: (to: Address, body: unknown) => Promise<void>
  readonly remove: (from: Address, ids: readonly string[]) => Promise<void>
}

const mostIds = 200
const mostReasons = 5_000

/** Sending records one by one. */
export function makeStreaming({ collect, objectOf, clock }: StreamingTools): Streaming {
  const open = ({ source, object }: Address) => openObject({ objectOf }, source, object)
  const keep = async (object: IngestObject, items: readonly Item[]) => {
    if (items.length > 0)
      await collect.take(object, items, { wire: 'ingest', receivedAt: clock.now() })
  }
  return {
    insert: async (to, body) => {
      const object = await open(to)
      const values = valuesIn(object, body)
      await keep(
        object,
        values.map((value) => ({ value, ...idOf(object, value) })),
      )
    },
    test: async (to, body) => void valuesIn(await open(to), body),
    remove: async (from, ids) => {
      const object = await open(from)
      if (object.once) throw ingestFaults.grows_only({ object: from.object })
      const values = keysOf(object, ids)
      await keep(
        object,
        values.map((value) => ({ kind: 'delete', value })),
      )
    },
  }
}

/** Of what comes once, the key tells a repetition: a client that got no answer sends again. */
function idOf(object: IngestObject, value: Message): { readonly id?: string } {
  if (!object.once || object.primaryKey.length === 0) return {}
  return { id: `key ${JSON.stringify(keyLabels(object).map((label) => String(value[label])))}` }
}

/** All records of a request as they are to be kept; a single wrong one refuses them all, with a report on each. */
function valuesIn(object: IngestObject, body: unknown): readonly Message[] {
  const data = isObject(body) ? body['data'] : undefined
  if (!Array.isArray(data))
    throw ingestFaults.unreadable_body({ why: 'expected {"data":[ records ]}' })
  const values: Message[] = []
  const report: { record: string; causingExceptions: readonly string[] }[] = []
  let reasons = 0
  for (const record of data) {
    const { value, problems } = check(object, record)
    if (value) {
      values.push(value)
      continue
    }
    report.push({ record: shown(record), causingExceptions: problems })
    reasons += problems.length
    // Small records can be wrong in very many ways, and nobody reads them all.
    if (reasons > mostReasons) break
  }
  if (report.length > 0) throw ingestFaults.mismatch({ report })
  return values
}

function shown(record: unknown): string {
  try {
    return JSON.stringify(record)
  } catch {
    // The language reads what is nested deeper than it can write.
    return 'nested too deeply to be shown'
  }
}

function keysOf(object: IngestObject, ids: readonly string[]): readonly Message[] {
  const [key, ...more] = keyLabels(object)
  if (key === undefined || more.length > 0)
    throw badIds('the primary key has several fields; delete such records with a bulk job')
  if (ids.length === 0) throw badIds('there are none; send ?ids=a,b or {"ids":["a","b"]}')
  if (ids.length > mostIds) throw ingestFaults.too_large({ most: `${mostIds} ids` })
  const isNumber = object.fields.some(({ label, type }) => label === key && type === 'number')
  return ids.map((id) => ({ [key]: isNumber ? numberFrom(id) : id }))
}

function numberFrom(id: string): number | string {
  if (!/^-?\d+(\.\d+)?$/.test(id)) throw badIds(`the key is a number, and "${id}" is none`)
  const number = Number(id)
  // More digits than a number can hold stay digits.
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? id : number
}

const badIds = (why: string) => ingestFaults.bad_ids({ why })
