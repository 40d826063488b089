import { type LiveStream, newCheckOf } from '#collect'
import type { Connectors, Receives } from '#connectors'
import { type Takes, takes } from '#connectors/definition'
import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { castConflict, fieldsOf, type LakeField } from '#lake'
import type { ConnectionDefinition, StreamDefinition } from './definition.ts'

/** More fields than a table should have; what comes beyond is kept together in one. */
const mostFields = 1000

/** The streams that receive, with what their connectors and definitions say of them. */
export function liveStreamsIn(all: Catalogue, connectors: Connectors): readonly LiveStream[] {
  return all.list<StreamDefinition>('stream').flatMap(({ key, body }) => {
    const connection = all.find<ConnectionDefinition>('connection', body.connection)?.body
    const connector = connectors.list().find((one) => one.key === connection?.connector)
    if (!connection || !connector?.receives) return []
    const receives = connector.receives({ settings: connection.settings, source: body.source })
    return [liveStream({ key, body, connection }, receives)]
  })
}

interface Defined {
  readonly key: string
  readonly body: StreamDefinition
  readonly connection: ConnectionDefinition
}

function liveStream(
  { key, body, connection }: Defined,
  { fields: given, always = [], needed = [] }: Receives,
): LiveStream {
  const taken = takesOf(connection, body)
  const { contract = {} } = body
  const check = contract.schema && {
    schema: contract.schema,
    unknown: contract.unknown ?? ('allow' as const),
    always,
  }
  const keys = given.filter(({ name }) => body.primary_key?.includes(name))
  return {
    key,
    connection: body.connection,
    needed: needed.filter((label) => !keys.some((field) => field.label === label)),
    sender: connection.settings['sender'] === 'server' ? 'server' : 'browser',
    ...(taken === undefined ? {} : { takes: taken }),
    ...(check ? { contract: check } : {}),
    shape: {
      key,
      mode: body.mode === 'full' ? 'upsert' : body.mode,
      primaryKey: body.primary_key ?? [],
      fields: withPinned(given, body),
      types: typesIn(body),
      mostFields,
      onConflict: contract.conflict ?? 'side',
    },
  }
}

function takesOf(
  { connector }: ConnectionDefinition,
  { source }: StreamDefinition,
): Takes | undefined {
  if (connector !== 'events') return undefined
  return takes.find((one) => one === source['takes']) ?? 'events'
}

/** Gives columns of streams that receive the types that their definitions ask for now, over all history. */
export async function retypeReceived(
  engine: Engine,
  streams: readonly LiveStream[],
): Promise<void> {
  for (const { key, shape } of streams) {
    const known = new Map(
      (await fieldsOf(engine, key)).flatMap(({ name, type, sideOf }) =>
        sideOf === undefined ? [[name, type] as const] : [],
      ),
    )
    const given = shape.fields.map(({ name, type }) => [name, type] as const)
    const stated = Object.entries(shape.types ?? {}).filter(
      ([name]) => !shape.primaryKey.includes(name),
    )
    for (const [name, type] of new Map([...stated, ...given])) {
      const was = known.get(name)
      if (was === undefined || was === type || type === 'json' || was === 'json') continue
      await castConflict(engine, key, name, { type })
    }
  }
}

/** The fields of the connector, and those whose types the definition states. */
export const withPinned = (given: readonly LakeField[], { fields = {} }: StreamDefinition) =>
  given.map((field) => ({ ...field, type: fields[field.name]?.type ?? field.type }))

const typesIn = ({ fields = {} }: StreamDefinition): Readonly<Record<string, FieldType>> =>
  Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]))

/** What is wrong with a contract; nothing when it can be asked. */
export function problemWithContract({ contract }: StreamDefinition): unknown {
  if (contract?.schema === undefined) return undefined
  try {
    newCheckOf({ schema: contract.schema, unknown: contract.unknown ?? 'allow' })
    return undefined
  } catch (thrown) {
    return thrown
  }
}
