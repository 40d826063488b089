import { texts } from '../../lib/texts.ts'

/** What is sent in the place of a record: an object or its text; or why it cannot be sent as it stands. */
export type Mended = { readonly body: unknown } | { readonly problem: string }

/** A record as one edits it: an object with a line for each member, anything else as it came. */
export function editableOf(raw: string): string {
  const value = objectIn(raw)
  return value === undefined ? raw : JSON.stringify(value, null, 2)
}

/** Reads what was edited. What came as an object has to be one again; anything else goes as text. */
export function mendedOf(text: string, raw: string): Mended {
  if (objectIn(raw) === undefined) return { body: text }
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body)) return { body }
    return { problem: texts.streams.rejected.noObject }
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
