import type { KafkaRecord } from '@platformatic/kafka'
import { connectorFaults } from '../../faults.ts'
import { onOneLine, slicesOf } from '../../json/slices.ts'
import type { PlacedRecord } from './committed.ts'

/** Where a record lies. */
export interface RecordPlace {
  readonly topic: string
  readonly partition: number
}

/**
 * A record as a line of JSON: what Kafka knows of it first, then the members of the value just as they were written. A
 * value that is no object becomes a list, which the lake rejects with its reason and keeps whole.
 */
export function lineOf(placed: PlacedRecord, place: RecordPlace, format: 'json' | 'text'): string {
  const { value } = placed.record
  const head = headOf(placed, place)
  if (value === null) return `{${head}}`
  if (format === 'json' && value[0] === 0 && value.length > 5) {
    const [at, schema] = [`${place.partition}:${placed.offset}`, value.readInt32BE(1)]
    throw connectorFaults.registry_value({ topic: place.topic, at, schema })
  }
  const text = textOf(value)
  if (text === undefined) return `[{${head}},{"base64":"${value.toString('base64')}"}]`
  if (format === 'text') return `{${head},"value":${JSON.stringify(text)}}`
  const members = membersOf(text)
  if (members === undefined) return `[{${head}},${JSON.stringify(text)}]`
  return members === '' ? `{${head}}` : `{${head},${members}}`
}

/** What becomes a field beside the members of a value. */
const ownNames = new Set([
  '_partition',
  '_offset',
  '_timestamp',
  '_key',
  '_key_base64',
  '_headers',
  '_tombstone',
])

function headOf({ record, offset, timestamp }: PlacedRecord, { partition }: RecordPlace): string {
  const { key, value } = record
  const keyText = key === null ? null : textOf(key)
  const binary = keyText === undefined ? `,"_key_base64":"${key?.toString('base64')}"` : ''
  return [
    `"_partition":${partition}`,
    `"_offset":${offset}`,
    `"_timestamp":${JSON.stringify(timeOf(timestamp))}`,
    `"_key":${JSON.stringify(keyText ?? null)}${binary}`,
    `"_headers":${headersOf(record)}`,
    `"_tombstone":${value === null}`,
  ].join(',')
}

/** The members of a JSON object as they stand between its braces; nothing when the text is no object. */
function membersOf(text: string): string | undefined {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (Object.keys(value).some((name) => ownNames.has(name))) return renamed(text)
  const [from, to] = [text.indexOf('{') + 1, text.lastIndexOf('}')]
  return onOneLine(text.slice(from, to)).trim()
}

/** Members that are called like ours get `value` in front of their name. */
function renamed(text: string): string {
  const members = [...slicesOf(text)].map(({ name, start, end }) => {
    const own = JSON.stringify(ownNames.has(name) ? `value${name}` : name)
    return `${own}:${onOneLine(text.slice(start, end))}`
  })
  return members.join(',')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Headers as an object; a name that comes several times has a list. */
function headersOf({ headers }: KafkaRecord): string {
  if (headers.length === 0) return 'null'
  const named = Map.groupBy(headers, ([name]) => name?.toString('utf8') ?? '')
  const members = [...named].map(([name, all]) => {
    const values = all.map(([, value]) => headerOf(value))
    return `${JSON.stringify(name)}:${values.length === 1 ? values[0] : `[${values.join(',')}]`}`
  })
  return `{${members.join(',')}}`
}

function headerOf(value: Buffer | null): string {
  if (value === null) return 'null'
  const text = textOf(value)
  return JSON.stringify(text ?? { base64: value.toString('base64') })
}

/** Bytes as text; nothing when they are not UTF-8. */
function textOf(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

// Times that no calendar holds stay the digits they are.
function timeOf(ms: bigint): string | null {
  if (ms < 0n) return null
  return ms < lastMs ? new Date(Number(ms)).toISOString() : String(ms)
}

const lastMs = BigInt(Date.UTC(10_000, 0))
