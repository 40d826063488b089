import type { Fault } from '#kernel/fault.ts'
import { connectorFaults } from '../../faults.ts'
import type { Incremental } from './definition.ts'

/** A value that rises from record to record, such as the time of the last change. */
export interface Mark {
  /** Just as the record has it. */
  readonly json: string
  /** Moments in nanoseconds, so that none are equal which are not; anything else as the number it is. */
  readonly rank: bigint | number
  readonly isMoment: boolean
}

/** What is sent to get everything from a mark on, and the mark that this stands for. */
export interface Since {
  readonly text: string
  readonly mark: Mark
}

const msNs = 1_000_000n
const secondNs = 1000n * msNs

/** Reads a mark from a member of a record, or tells why it is none. Numbers are moments only where a format says of what unit. */
export function markOf(json: string, of: Incremental): Mark | Fault {
  const { field, format, overlap_seconds: overlap = 0 } = of
  const unusable = (more: string) =>
    connectorFaults.unusable_value({
      what: `the value of ${field}${more}`,
      found: json.slice(0, 60),
    })
  const value: unknown = JSON.parse(json)
  const said = typeof value === 'string' ? value.trim() : json
  const ns = typeof value === 'string' ? momentNs(said) : undefined
  if (ns !== undefined) return { json, rank: ns, isMoment: true }
  if (!/^-?\d+(\.\d+)?$/.test(said)) return unusable('')
  if (format === 'iso') return unusable(', a number to be sent as iso,')
  if (format !== undefined)
    return { json, rank: scaled(said, format === 'epoch_s' ? 9 : 6), isMoment: true }
  if (overlap > 0) return unusable(', which is to overlap by seconds,')
  return { json, rank: numberOf(said), isMoment: false }
}

/** What asks for everything from a mark on, a little earlier where an overlap is set. */
export function sinceOf(mark: Mark, { format, overlap_seconds: overlap = 0 }: Incremental): Since {
  if (!mark.isMoment || (format === undefined && overlap === 0)) return { text: plain(mark), mark }
  const ns = BigInt(mark.rank) - BigInt(overlap) * secondNs
  const unit = format === 'epoch_s' ? secondNs : msNs
  const from = floor(ns, unit)
  const text = format === 'epoch_s' || format === 'epoch_ms' ? String(from / unit) : isoOf(from)
  return { text, mark: { ...mark, rank: from } }
}

/** Which of two marks is higher: negative when it is the second. */
export function compareMarks(a: Mark, b: Mark): number {
  if (a.rank === b.rank) return 0
  return a.rank < b.rank ? -1 : 1
}

// ISO 8601. What names no zone is taken for UTC; where it is asked for again, it is sent just as it came.
const moment =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i

function momentNs(text: string): bigint | undefined {
  const found = moment.exec(text)
  if (!found) return undefined
  const [, day = '', time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = found
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/(\d\d)(\d\d)$/, '$1:$2')
  const ms = Date.parse(`${day}T${time}:${seconds}${offset.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  return BigInt(ms) * msNs + BigInt(fraction.padEnd(9, '0'))
}

const isoOf = (ns: bigint) => new Date(Number(ns / msNs)).toISOString()

const floor = (ns: bigint, unit: bigint) => ns - (((ns % unit) + unit) % unit)

const numberOf = (digits: string) => (digits.includes('.') ? Number(digits) : BigInt(digits))

/** Decimal digits times a power of ten, exactly; what is finer is cut off. */
function scaled(digits: string, power: number): bigint {
  const [whole = '', fraction = ''] = digits.split('.')
  return BigInt(`${whole}${fraction.slice(0, power).padEnd(power, '0')}`)
}

// Texts are sent without their quotes.
const plain = ({ json }: Mark) => (json.startsWith('"') ? String(JSON.parse(json)) : json)
