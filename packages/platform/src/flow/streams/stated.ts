import { connectorDefinitions } from '#connectors/definition'
import type { Catalogue } from '#definitions'
import { columnNames } from '#kernel/names.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { type LakeField, labelOf } from '#lake'
import { contractOf, typeAgreed } from './agreed.ts'
import type { ConnectionDefinition, StreamDefinition } from './definition.ts'

type Schema = Readonly<Record<string, unknown>>

const isSchema = (of: unknown): of is Schema =>
  typeof of === 'object' && of !== null && !Array.isArray(of)

/**
 * The fields that the definition of a stream states, whether they have come or not: those whose types it says, and those that its
 * contract names, members of members as well.
 */
export function statedFields(stream: StreamDefinition): readonly LakeField[] {
  const schema = contractOf(stream)?.schema
  const agreed = schema === undefined ? [] : membersOf(schema, [])
  const names = columnNames(agreed.map(({ label }) => label))
  const byName = new Map(agreed.map((field, i) => [names[i] ?? field.label, field]))
  const pinned = Object.entries(stream.fields ?? {})
  return [
    ...[...byName].map(([name, { label, type }]) => ({
      ...{ name, label, type: stream.fields?.[name]?.type ?? type },
    })),
    ...pinned
      .filter(([name]) => !byName.has(name))
      .map(([name, { type }]) => ({ name, label: name, type })),
  ]
}

interface Member {
  readonly label: string
  readonly type: FieldType
}

function membersOf(schema: Schema, path: readonly string[]): readonly Member[] {
  const { properties } = schema
  if (!isSchema(properties)) return []
  return Object.entries(properties).flatMap(([name, one]): readonly Member[] => {
    const place = [...path, name]
    const inner = isSchema(one) ? membersOf(one, place) : []
    if (inner.length > 0) return inner
    return [{ label: labelOf(place), type: typeOf(one) }]
  })
}

function typeOf(property: unknown): FieldType {
  const said = isSchema(property) ? property['type'] : undefined
  if (said === 'object' || said === 'array') return 'json'
  const contract = { schema: { properties: { it: property } }, unknown: 'allow' } as const
  return typeAgreed(contract, 'it') ?? 'text'
}

/** Whether a stream takes whatever is sent, so that a field may come that nobody has named. */
export function takesAnything(all: Catalogue, stream: string): boolean {
  const connection = all.find<StreamDefinition>('stream', stream)?.body.connection
  if (connection === undefined) return false
  const connector = all.find<ConnectionDefinition>('connection', connection)?.body.connector
  return connectorDefinitions.some(({ key, sendsAnything }) => key === connector && sendsAnything)
}
