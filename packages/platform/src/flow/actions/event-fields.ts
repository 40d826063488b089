import type { LakeField } from '#lake'
import type { AskedFields } from './asked.ts'
import type { EventFields } from './evaluate.ts'

/** The fields of the events of a stream that conditions may ask; not those that only hold what fits nowhere else. */
export const eventFieldsOf = (fields: readonly LakeField[]): EventFields =>
  Object.fromEntries(
    fields
      .filter(({ sideOf }) => sideOf === undefined)
      .map(({ name, label, type }) => [name, { path: pathOf(label), type }]),
  )

// A dot inside a name has a backslash before it, a backslash another one.
function pathOf(label: string): readonly string[] {
  const parts = ['']
  for (const [piece] of label.matchAll(/\\.|[^\\]/gsu)) {
    if (piece === '.') parts.push('')
    else
      parts.push(
        (parts.pop() ?? '') + (piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece),
      )
  }
  return parts
}

/** The same fields, with nothing but their types. */
export const typesOf = (fields: EventFields): AskedFields =>
  Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]))
