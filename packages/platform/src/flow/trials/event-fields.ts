import { columnNames } from '#kernel/names.ts'
import { type LakeField, labelOf } from '#lake'
import { typeOfColumn } from './columns.ts'
import type { TrialStep } from './definition.ts'

// Members deeper than this, and lists, are kept as JSON, which nobody asks for by name.
const deepest = 5

/** The fields that the events of a test bring, by stream, so that what asks for them can be defined before they come. */
export function fieldsOfEvents(
  steps: readonly TrialStep[],
): ReadonlyMap<string, readonly LakeField[]> {
  const events = steps.flatMap(({ events: of = [] }) => of)
  const byStream = Map.groupBy(events, ({ stream }) => String(stream))
  return new Map(
    [...byStream].map(([stream, all]) => {
      const values = new Map<string, unknown[]>()
      for (const { stream: _, at: __, ...message } of all)
        for (const [label, value] of leavesOf(message, [])) {
          const known = values.get(label) ?? []
          values.set(label, known)
          known.push(value)
        }
      const labels = [...values.keys()]
      const names = columnNames(labels)
      return [
        stream,
        labels.map((label, i): LakeField => {
          const type = typeOfColumn(values.get(label) ?? []) ?? 'text'
          return { label, name: names[i] ?? label, type }
        }),
      ]
    }),
  )
}

function leavesOf(of: unknown, path: readonly string[]): readonly (readonly [string, unknown])[] {
  if (typeof of !== 'object' || of === null) return [[labelOf(path), of]]
  if (Array.isArray(of) || path.length >= deepest) return []
  return Object.entries(of).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
}
