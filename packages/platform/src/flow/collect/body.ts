import type { Message } from './collect.ts'

/**
 * A message as one line of JSON. Half a character, as a text has that was cut inside an emoji, is no text to other readers of
 * JSON; it becomes U+FFFD.
 */
export function bodyOf(message: Message): string {
  const body = JSON.stringify(message)
  // Only halves are written as escapes from this range.
  return body.includes('\\ud') ? JSON.stringify(wellFormed(message)) : body
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]),
  )
}
