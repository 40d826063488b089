import type { Message } from '#collect'
import { Unread } from '#kernel/unread.ts'
import { isDeep, usualDepth as mostDepth, withoutDepth } from './depth.ts'
import { correctInstant, readInstant } from './instants.ts'

/** What is known of a message beside itself. */
export interface Receipt {
  /** By which wire it came. */
  readonly wire: string
  readonly receivedMs: number
  readonly sender: 'browser' | 'server'
  /** What the route says that it is; a message that says so itself knows better. */
  readonly type?: string | undefined
  /** What the batch around it says for all in it. */
  readonly sentAt?: unknown
  readonly context?: unknown
  readonly integrations?: unknown
  /** Where it came from; kept of browsers only, which do not know it themselves. */
  readonly address?: string | undefined
  /** Whether its bytes were not the UTF-8 that JSON has to be. */
  readonly isGarbled?: boolean
  /** Whether it is known that nothing in it is deeper than a message may be. */
  readonly isShallow?: boolean
  /** Ids for messages that have none. */
  readonly nextId: () => string
}

/** A message as it is kept. */
export interface Normal {
  readonly messageId: string
  /** What tells a repetition: the client's own id. */
  readonly id?: string
  readonly message: Message
  /** Why it cannot be taken. It is kept all the same, with this reason. */
  readonly refused?: string
}

/** How a member is read: into a value, into nothing when it is as good as absent, or it is wrong. */
type Form = 'id' | 'text' | 'object' | 'instant' | 'ours'

/** What a message may hold. What else it holds is kept below `other`. */
const members: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['type', 'text'],
  ['messageId', 'id'],
  ['userId', 'id'],
  ['anonymousId', 'id'],
  ['groupId', 'id'],
  ['previousId', 'id'],
  ['event', 'text'],
  ['name', 'text'],
  ['category', 'text'],
  ['channel', 'text'],
  ['properties', 'object'],
  ['traits', 'object'],
  ['context', 'object'],
  ['integrations', 'object'],
  ['timestamp', 'instant'],
  ['originalTimestamp', 'instant'],
  ['sentAt', 'instant'],
  ['receivedAt', 'instant'],
  // Said by us, or the client library's own business.
  ['wire', 'ours'],
  ['flags', 'ours'],
  ['writeKey', 'ours'],
  ['_metadata', 'ours'],
])

/** The types there are, and what a message of each must have. */
const required: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['track', ['event']],
  ['identify', []],
  ['page', []],
  ['screen', []],
  ['group', ['groupId']],
  ['alias', ['userId', 'previousId']],
  ['merge', []],
])

const mostOfId = 100

/** How many characters some members may have. */
const longest: readonly (readonly [string, number])[] = [
  ['messageId', mostOfId],
  ['groupId', 500],
]

/**
 * Reads one message of any client. Whatever comes, there is an answer: how it is kept, and why if it cannot be
 * taken. A message that went through once goes through unchanged.
 */
export function normalise(raw: unknown, receipt: Receipt): Normal {
  if (!isObject(raw)) {
    const refused = `expected an object, found ${formOf(raw)}`
    return { messageId: receipt.nextId(), message: { value: raw }, refused }
  }
  const isTooDeep = receipt.isShallow !== true && isDeep(raw, mostDepth)
  const { message, problem } = readMembers(isTooDeep ? withoutDepth(raw, mostDepth) : raw)
  complete(message, receipt, raw['flags'])
  const deep = isTooDeep ? `it is nested deeper than ${mostDepth} levels` : undefined
  const refused = deep ?? problem ?? problemWith(message)
  const own = message['messageId']
  const messageId = typeof own === 'string' ? own : receipt.nextId()
  if (own === undefined) message['messageId'] = messageId
  // What is refused has its id as well: mended, it counts once with what is sent again. One that is refused itself is none.
  const hasOwn = own !== undefined && (refused === undefined || messageId.length <= mostOfId)
  return {
    messageId,
    message,
    ...(hasOwn ? { id: messageId } : {}),
    ...(refused === undefined ? {} : { refused }),
  }
}

/** Why a message that was mended cannot be taken, as it would be said of one that is sent; nothing when it can. */
export const problemWithMended = (message: Readonly<Record<string, unknown>>): string | undefined =>
  readMembers(message).problem ?? problemWith(message)

type Draft = Record<string, unknown>

function readMembers(raw: unknown): { message: Draft; problem: string | undefined } {
  const message: Draft = {}
  const others: [string, unknown][] = []
  let problem: string | undefined
  const all = isObject(raw) ? raw : {}
  // Not by entries: this is done for every member of everything that comes in.
  for (const name in all) {
    const value = all[name]
    const form = members.get(name)
    if (form === undefined) others.push([name, value])
    else if (form !== 'ours' && value !== null)
      problem = take(message, name, { form, value }) ?? problem
  }
  if (others.length > 0) message['other'] = otherOf(others)
  return { message, problem }
}

/** Puts a member into a message; what is wrong stays as it came, and is told. */
function take(
  message: Draft,
  name: string,
  { form, value }: { readonly form: Exclude<Form, 'ours'>; readonly value: unknown },
): string | undefined {
  const read = readers[form](value)
  if (read !== undefined) message[name] = read === wrong ? value : read
  return read === wrong ? `${name}: expected ${expected[form]}, found ${formOf(value)}` : undefined
}

/** What has no place of its own. A message that went through before has it together already. */
function otherOf(others: readonly [string, unknown][]): unknown {
  return Object.fromEntries(
    others.flatMap(([name, value]) => {
      const read = name === 'other' && value instanceof Unread ? value.read() : value
      return name === 'other' && isObject(read) ? Object.entries(read) : [[name, read]]
    }),
  )
}

const wrong = Symbol('wrong')

const readText = (value: unknown): unknown => {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' ? String(value) : wrong
}

const readers: Readonly<Record<Exclude<Form, 'ours'>, (value: unknown) => unknown>> = {
  id: readText,
  text: readText,
  object: (value) => (isObject(value) ? value : wrong),
  // A time that cannot be read is kept as it is, and flagged.
  instant: (value) => {
    if (typeof value === 'string') return value === '' ? undefined : value
    const ms = readInstant(value)
    return ms === undefined ? value : isoOf(ms)
  },
}

const expected = {
  id: 'a text',
  text: 'a text',
  object: 'an object',
  instant: 'a time',
} as const satisfies Record<Exclude<Form, 'ours'>, string>

/** Puts in what is known from elsewhere. */
function complete(message: Draft, receipt: Receipt, earlier: unknown): void {
  if (message['type'] === undefined && receipt.type !== undefined) message['type'] = receipt.type
  mergeIn(message, 'integrations', receipt.integrations)
  mergeIn(message, 'context', receipt.context)
  if (message['type'] === 'identify') liftTraits(message)
  addAddress(message, receipt)
  const doubt = { ...setTimes(message, receipt), isGarbled: receipt.isGarbled === true }
  message['wire'] = receipt.wire
  const flags = flagsOf(message, doubt, earlier)
  if (flags.length > 0) message['flags'] = flags
}

/** What the batch says holds for each message in it, unless that says otherwise. */
function mergeIn(message: Draft, name: 'context' | 'integrations', shared: unknown): void {
  if (!isObject(shared)) return
  const own = readMemberOf(message, name)
  if (own === undefined) message[name] = shared
  else if (isObject(own)) message[name] = { ...shared, ...own }
}

/** A member, read by now. */
function readMemberOf(message: Draft, name: string): unknown {
  const own = message[name]
  if (!(own instanceof Unread)) return own
  const read = own.read()
  message[name] = read
  return read
}

/** Some clients put what an identify says into the context only. */
function liftTraits(message: Draft): void {
  const context = readMemberOf(message, 'context')
  const traits = isObject(context) ? context['traits'] : undefined
  if (!isObject(traits)) return
  const own = readMemberOf(message, 'traits')
  if (own === undefined) message['traits'] = traits
  else if (isObject(own)) message['traits'] = { ...traits, ...own }
}

function addAddress(message: Draft, { address, sender }: Receipt): void {
  if (address === undefined) return
  const said = message['context']
  if (said instanceof Unread) {
    const isBrowser = sender === 'browser'
    if (isBrowser && !said.has('ip')) message['context'] = withAddress(said, address)
    if (isBrowser || !said.has('direct')) return
  }
  const context = readMemberOf(message, 'context')
  if (context === undefined && sender === 'browser') message['context'] = { ip: address }
  if (!isObject(context) || context['ip'] !== undefined) return
  const isDirect = sender === 'browser' || context['direct'] === true
  if (isDirect) message['context'] = { ...context, ip: address }
}

function withAddress({ text }: Unread, address: string): Unread {
  const rest = text.slice(1).trimStart()
  return new Unread(`{"ip":${JSON.stringify(address)}${rest === '}' ? rest : `,${rest}`}`)
}

/** Sets all the times; tells whether the client's could be believed. */
function setTimes(
  message: Draft,
  { sentAt, receivedMs, sender }: Receipt,
): Omit<Doubt, 'isGarbled'> {
  const batchSent = sentAt === undefined || sentAt === null ? undefined : readers.instant(sentAt)
  if (message['sentAt'] === undefined && batchSent !== undefined) message['sentAt'] = batchSent
  const { sentAt: sentThen, receivedAt, timestamp, originalTimestamp } = message
  const sent = readInstant(sentThen)
  // A server that it went through before has corrected it already.
  const wasCorrected = readInstant(receivedAt) !== undefined && readInstant(timestamp) !== undefined
  const said = wasCorrected
    ? (originalTimestamp ?? timestamp)
    : // One client library puts its user's word into `timestamp` and its own clock into the other.
      (timestamp ?? originalTimestamp ?? isoOf(sent ?? receivedMs))
  const original = readInstant(wasCorrected ? timestamp : said)
  const of = { original, sent: wasCorrected ? undefined : sent, received: receivedMs, sender }
  const { at, isDoubtful } = correctInstant(of)
  message['originalTimestamp'] = said
  message['timestamp'] = at === receivedMs ? isoOfReceived(at) : isoOf(at)
  message['receivedAt'] = isoOfReceived(receivedMs)
  const isUnsent = sentThen !== undefined && sent === undefined
  const isUnreadable = (wasCorrected ? readInstant(said) : original) === undefined
  return { isDoubtful, isUnreadable: isUnsent || isUnreadable }
}

interface Doubt {
  readonly isDoubtful: boolean
  readonly isUnreadable: boolean
  readonly isGarbled: boolean
}

/** What may be odd about a message that is taken nevertheless. */
const oddities: readonly (readonly [
  flag: string,
  holds: (message: Readonly<Draft>, doubt: Doubt) => boolean,
])[] = [
  ['no id', ({ userId, anonymousId }) => userId === undefined && anonymousId === undefined],
  ['clock skew', (_, { isDoubtful }) => isDoubtful],
  ['unreadable time', (_, { isUnreadable }) => isUnreadable],
  // A client library that stamps the known identity over what its user said; the target is lost.
  [
    'alias onto itself',
    ({ type, userId, previousId }) =>
      type === 'alias' && userId !== undefined && userId === previousId,
  ],
  ['not UTF-8', (_, { isGarbled }) => isGarbled],
]

/** The flags of a message; what was odd when it went through before still is. */
function flagsOf(message: Readonly<Draft>, doubt: Doubt, earlier: unknown) {
  const before: readonly unknown[] = Array.isArray(earlier) ? earlier : []
  const flags: string[] = []
  for (const [flag, holds] of oddities)
    if (holds(message, doubt) || before.includes(flag)) flags.push(flag)
  return flags
}

function problemWith(message: Readonly<Draft>): string | undefined {
  const { type } = message
  const needs = required.get(type)
  if (needs === undefined) return sayType(type)
  for (const name of needs)
    if (message[name] === undefined) return `${name} is missing; a message of type ${type} needs it`
  for (const [name, most] of longest) {
    const value = message[name]
    if (typeof value === 'string' && value.length > most)
      return `${name} has ${value.length} characters; ${most} are allowed`
  }
  return undefined
}

const sayType = (type: unknown) =>
  type === undefined
    ? 'type is missing'
    : `type: expected one of ${[...required.keys()].join(', ')}, found ${JSON.stringify(type)}`

const isoOf = (ms: number) => new Date(ms).toISOString()

// Many messages come in the same millisecond; the last one is remembered.
let last = { ms: 0, iso: isoOf(0) }

function isoOfReceived(ms: number): string {
  if (ms !== last.ms) last = { ms, iso: isoOf(ms) }
  return last.iso
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function formOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return formNames[typeof value] ?? typeof value
}

const formNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  undefined: 'nothing',
}
