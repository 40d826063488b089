import { Unread } from '#kernel/unread.ts'
import type { Message } from './collect.ts'

/**
 * A message as one line of JSON. Half a character, as a text has that was cut inside an emoji, is no text to other readers of
 * JSON; it becomes U+FFFD. So does a zero character in a name: no column can be called so.
 */
export function bodyOf(message: Message): string {
  for (const name in message) if (message[name] instanceof Unread) return splicedBody(message)
  return written(message)
}

/** What was not read goes in word for word. */
function splicedBody(message: Message): string {
  const known: Record<string, unknown> = {}
  let unread = ''
  for (const name in message) {
    const value = message[name]
    if (value instanceof Unread) unread += `,${JSON.stringify(name)}:${value.text}`
    else known[name] = value
  }
  const body = written(known)
  return body === '{}' ? `{${unread.slice(1)}}` : `${body.slice(0, -1)}${unread}}`
}

function written(message: Message): string {
  const body = JSON.stringify(message)
  // Only halves are written as escapes from this range.
  const isWell = !(body.includes('\\ud') || body.includes('\\u0000'))
  return isWell ? body : JSON.stringify(wellFormed(message))
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [wellNamed(name), wellFormed(member)]),
  )
}

const wellNamed = (name: string) => name.toWellFormed().replaceAll('\0', '\ufffd')
