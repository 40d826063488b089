import type { Reading } from '#definitions'
import { columnNames } from '#kernel/names.ts'
import { type LakeField, labelOf } from '#lake'
import { formulaOf, itemFields, type MappingDefinition } from '#mappings'
import { namesIn, typeOfColumn } from './columns.ts'
import type { TrialStep } from './definition.ts'

// Members deeper than this, and lists, are kept as JSON, which nobody asks for by name.
const deepest = 5

/**
 * The fields of events, by stream, so that what asks for them can be defined before they come: those that the events of a test bring,
 * and those that definitions speak of.
 */
export function fieldsOfEvents(
  steps: readonly TrialStep[],
  { documents }: Reading,
): ReadonlyMap<string, readonly LakeField[]> {
  const byStream = Map.groupBy(
    steps.flatMap(({ events = [] }) => events),
    ({ stream }) => String(stream),
  )
  const streams = documents.flatMap(({ kind, key }) => (kind === 'stream' ? [key] : []))
  return new Map(
    streams.map((stream) => {
      const brought = fieldsIn(byStream.get(stream) ?? [])
      // What is compared with a value has its type, wherever else it is only named.
      const named = documents
        .flatMap((one) => spokenOf(one, stream))
        .toSorted((a, b) => Number(b.type === 'text') - Number(a.type === 'text'))
      const known = new Set(brought.map(({ name }) => name))
      const others = new Map(
        named.filter(({ name }) => !known.has(name)).map((one) => [one.name, one]),
      )
      return [stream, [...brought, ...others.values()]]
    }),
  )
}

type Event = NonNullable<TrialStep['events']>[number]

function fieldsIn(events: readonly Event[]): readonly LakeField[] {
  const values = new Map<string, unknown[]>()
  for (const { stream: _, at: __, ...message } of events)
    for (const [label, value] of leavesOf(message, [])) {
      const known = values.get(label) ?? []
      values.set(label, known)
      known.push(value)
    }
  const names = columnNames([...values.keys()])
  return [...values].map(([label, of], i) => ({
    label,
    name: names[i] ?? label,
    type: typeOfColumn(of) ?? 'text',
  }))
}

function leavesOf(of: unknown, path: readonly string[]): readonly (readonly [string, unknown])[] {
  if (typeof of !== 'object' || of === null) return [[labelOf(path), of]]
  if (Array.isArray(of) || path.length >= deepest) return []
  return Object.entries(of).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
}

type Document = Reading['documents'][number]

/** What a definition asks of a stream, by name; no event of the test brings it, so it only has to be there. */
function spokenOf({ kind, body }: Document, stream: string): readonly LakeField[] {
  if (kind === 'mapping') {
    // What is of no sound shape is refused when it is planned.
    const { stream: of, objects } = body as MappingDefinition
    if (of !== stream || !Array.isArray(objects)) return []
    const names = objects.flatMap(({ each, where = '', fields = {} }) => {
      const named = [where, ...Object.values(fields).map(formulaOf)].flatMap(namesIn)
      const ofItem: readonly string[] = each === undefined ? [] : itemFields.map(({ name }) => name)
      return [...namesIn(each ?? ''), ...named.filter((name) => !ofItem.includes(name))]
    })
    return names.map((name) => fieldNamed(name, undefined))
  }
  return kind === 'stream' || !mentions(body, stream) ? [] : askedIn(body)
}

const mentions = (of: unknown, stream: string): boolean =>
  of === stream ||
  (typeof of === 'object' && of !== null && Object.values(of).some((one) => mentions(one, stream)))

/** Whatever stands under `field`, with the value that it is compared with. */
function askedIn(of: unknown): readonly LakeField[] {
  if (typeof of !== 'object' || of === null) return []
  const { field, value } = of as { readonly field?: unknown; readonly value?: unknown }
  const own = typeof field === 'string' ? [fieldNamed(field, value)] : []
  return [...own, ...Object.values(of).flatMap(askedIn)]
}

// `properties_total` is `properties.total`; where it would stand otherwise matters to nobody.
const fieldNamed = (name: string, value: unknown): LakeField => ({
  name,
  label: name.replace(/^(properties|traits|context)_/, '$1.'),
  type: typeOfColumn([value].flat()) ?? 'text',
})
