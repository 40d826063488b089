import type { Connectors } from '#connectors'
import type { Catalogue } from '#definitions'
import { Fault } from '#kernel/fault.ts'
import type { LakeField } from '#lake'
import type { ConnectionDefinition, StreamDefinition } from './definition.ts'
import { withPinned } from './live.ts'
import { statedFields, takesAnything } from './stated.ts'

/** A stream, and the fields that its lake object has. */
export interface Came {
  readonly stream: string
  readonly came: readonly LakeField[]
}

/**
 * The fields of a stream as far as they are known: those that have come; of one that receives also those that it has from the start
 * and those that its definition states. Nothing where nothing is known.
 */
export function knownFields(
  all: Catalogue,
  connectors: Connectors,
  { stream, came }: Came,
): readonly LakeField[] | undefined {
  const given = givenFields(all, connectors, stream)
  if (given === undefined) return came.length > 0 ? came : undefined
  const fields = new Map<string, LakeField>()
  for (const field of [...came, ...given, ...statedOf(all, stream)])
    if (!fields.has(field.name)) fields.set(field.name, field)
  return [...fields.values()]
}

/** Whether a stream takes whatever is sent, while nothing has come and nothing says what will. */
export function isWaiting(all: Catalogue, connectors: Connectors, { stream, came }: Came): boolean {
  if (!takesAnything(all, stream) || statedOf(all, stream).length > 0) return false
  const given = (givenFields(all, connectors, stream) ?? []).map(({ name }) => name)
  return came.every(({ name }) => given.includes(name))
}

const statedOf = (all: Catalogue, stream: string): readonly LakeField[] => {
  const body = all.find<StreamDefinition>('stream', stream)?.body
  return body ? statedFields(body) : []
}

/** The fields that a stream that receives has from the start; nothing of one that is read, or is not defined soundly. */
function givenFields(
  all: Catalogue,
  connectors: Connectors,
  stream: string,
): readonly LakeField[] | undefined {
  const body = all.find<StreamDefinition>('stream', stream)?.body
  const connection = body && all.find<ConnectionDefinition>('connection', body.connection)?.body
  const connector = connectors.list().find(({ key }) => key === connection?.connector)
  if (!body || !connection || !connector?.receives) return undefined
  try {
    const { settings } = connection
    return withPinned(connector.receives({ settings, source: body.source }).fields, body)
  } catch (thrown) {
    // The connection or the stream is told of by its own check.
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}
