import { Unread } from '#kernel/unread.ts'
import { usualDepth } from './depth.ts'
import {
  endOfBlanks,
  endOfName,
  endOfText,
  endOfValue,
  signs,
  startOfMember,
  unusual,
} from './scan.ts'

type Skimmed = Record<string, unknown>

/**
 * Reads the body of a request only as far as messages are told apart and their own members are known; objects in them stay
 * unread, word for word. `text` is what the bytes say. Nothing where something is unusual, of which much is right: then it has
 * to be read as a whole, which also tells what is wrong.
 */
export function skimmed(bytes: Buffer, text: string): unknown {
  const isAscii = text.length === bytes.length
  const slice = isAscii
    ? text.slice.bind(text)
    : (from: number, to: number) => bytes.toString('utf8', from, to)
  const from: Place = { bytes, slice, at: endOfBlanks(bytes, 0) }
  const body = bytes[from.at] === signs.openBracket ? list(from) : object(from, true)
  return body !== undefined && endOfBlanks(bytes, from.at) === bytes.length ? body : undefined
}

/** A body, and how far it has been read. */
interface Place {
  readonly bytes: Uint8Array
  /** The text of some of its bytes. */
  readonly slice: (from: number, to: number) => string
  at: number
}

/** An object whose members are known; of a body, those of the messages in its `batch` as well. */
function object(place: Place, isBody: boolean): Skimmed | undefined {
  const { bytes } = place
  if (bytes[place.at] !== signs.openBrace) return undefined
  const members: Skimmed = {}
  place.at = endOfBlanks(bytes, place.at + 1)
  if (bytes[place.at] === signs.closeBrace) return closed(place, members)
  for (;;) {
    const name = nameIn(place)
    if (name === undefined) return undefined
    const value = isBody && name === 'batch' ? list(place) : member(place)
    if (value === undefined) return undefined
    members[name] = value
    if (isClosed(place, signs.closeBrace)) return closed(place, members)
    if (place.at === unusual) return undefined
  }
}

/** The name of a member; goes on to its value. */
function nameIn(place: Place): string | undefined {
  const { bytes, slice, at } = place
  const end = endOfName(bytes, at)
  if (end === unusual) return undefined
  place.at = startOfMember(bytes, end)
  const name = slice(at + 1, end - 1)
  // Not by assignment, which would lose it.
  return place.at === unusual || name === '__proto__' ? undefined : name
}

function member(place: Place): unknown {
  const { bytes, slice, at } = place
  const code = bytes[at]
  place.at = code === signs.quote ? endOfText(bytes, at) : endOfValue(bytes, at, usualDepth - 1)
  if (place.at === unusual) return undefined
  const found = slice(at, place.at)
  if (code === signs.openBrace) return new Unread(found)
  return code === signs.quote && !found.includes('\\') ? found.slice(1, -1) : JSON.parse(found)
}

/** A list of messages. */
function list(place: Place): readonly Skimmed[] | undefined {
  const { bytes } = place
  if (bytes[place.at] !== signs.openBracket) return undefined
  const messages: Skimmed[] = []
  place.at = endOfBlanks(bytes, place.at + 1)
  if (bytes[place.at] === signs.closeBracket) return closed(place, messages)
  for (;;) {
    const message = object(place, false)
    if (message === undefined) return undefined
    messages.push(message)
    if (isClosed(place, signs.closeBracket)) return closed(place, messages)
    if (place.at === unusual) return undefined
  }
}

/** Whether the end is next; if not, goes on to what follows the comma. */
function isClosed(place: Place, end: number): boolean {
  const next = endOfBlanks(place.bytes, place.at)
  const code = place.bytes[next]
  if (code === end) {
    place.at = next
    return true
  }
  place.at = code === signs.comma ? endOfBlanks(place.bytes, next + 1) : unusual
  return false
}

function closed<T>(place: Place, whole: T): T {
  place.at++
  return whole
}
