import type { IngestApiSettings } from '#connectors/definition'
import { type Definition, type Definitions, printDefinition, readFiles } from '#definitions'
import type { Caller } from '#kernel/caller.ts'
import { columnNames } from '#kernel/names.ts'
import {
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
} from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import { fieldsFromOpenApi } from './schema/from-open-api.ts'
import type { ObjectSchema } from './schema/object-schema.ts'
import { openApiOf } from './schema/open-api-of.ts'

const about = object({
  category: oneOf(['profile', 'engagement', 'other']),
  primary_key: list(text({ minLength: 1 }), { minItems: 1 }),
  event_time: optional(text({ description: 'For engagement: the field that says when.' })),
})

const upload = object({
  openapi: text({
    minLength: 1,
    description: 'OpenAPI 3.0, YAML or JSON, with components.schemas.',
  }),
  objects: record(about, { description: 'By name of object, what the description cannot say.' }),
})

const params = object({ connection: key() })
const tag = 'ingestion'

/** What may be sent through the ingestion wire: told once, by the description that its clients have. */
export const ingestSchemaRoutes = (definitions: Definitions): readonly Route[] => [
  route({
    tag,
    may: 'write',
    method: 'PUT',
    path: '/ingest/:connection/schema',
    summary: 'Declare what may be sent: connection and streams from an OpenAPI description',
    params,
    body: upload,
    answer: object({ streams: list(key()), change: optional(number()) }),
    run: ({ params: { connection }, body, caller }) =>
      declare(definitions, { connection, body, caller }),
  }),
  route({
    tag,
    may: 'read',
    method: 'GET',
    path: '/ingest/:connection/schema',
    summary: 'What may be sent, as an OpenAPI description',
    params,
    answer: object({ openapi: text() }),
    run: async ({ params: { connection } }) => ({
      openapi: openApiOf(await declaredIn(definitions, connection)),
    }),
  }),
]

interface Declaration {
  readonly connection: string
  readonly body: Read<typeof upload>
  readonly caller: Caller
}

async function declare(definitions: Definitions, { connection, body, caller }: Declaration) {
  const before = await declaredIn(definitions, connection)
  const isAbout = (name: string, category: string) => body.objects[name]?.category === category
  const engagement = Object.keys(body.objects).filter((name) => isAbout(name, 'engagement'))
  const objects = fieldsFromOpenApi(body.openapi, { before, engagement })
  const streams = objects.map(({ name }) => streamOf(connection, name, body.objects[name]))
  const settings = { objects: Object.fromEntries(objects.map((one) => settingOf(one, body))) }
  const wanted: Definition[] = [
    { kind: 'connection', key: connection, body: { connector: 'ingest_api', settings } },
    ...streams,
  ]
  const files = wanted.map((one) => ({
    file: `${one.kind} ${one.key}`,
    text: printDefinition(one),
  }))
  const change = await definitions.apply(await definitions.plan(readFiles(files)), caller)
  return {
    streams: streams.map((one) => one.key),
    ...(change ? { change: change.number } : {}),
  }
}

type About = Read<typeof about>

const usual: About = { category: 'other', primary_key: ['id'] }

function settingOf({ name, fields }: ObjectSchema, { objects }: Read<typeof upload>) {
  const typed = fields.map(({ label, type, required }) => [label, { type, required }])
  return [name, { ...(objects[name] ?? usual), fields: Object.fromEntries(typed) }]
}

function streamOf(connection: string, name: string, of: About = usual): Definition {
  const [stream = name] = columnNames([`${connection}_${name}`])
  const body = {
    label: name,
    connection,
    source: { object: name },
    mode: of.category === 'engagement' ? 'append' : 'upsert',
    primary_key: columnNames(of.primary_key),
    category: of.category,
  }
  return { kind: 'stream', key: stream, body }
}

async function declaredIn(
  definitions: Definitions,
  connection: string,
): Promise<readonly ObjectSchema[]> {
  const all = await definitions.catalogue()
  const found = all.find<{ connector: string; settings: unknown }>('connection', connection)
  if (found?.body.connector !== 'ingest_api') return []
  // The connection was accepted by the schema that the type is taken from.
  const { objects } = found.body.settings as IngestApiSettings
  return Object.entries(objects).map(([name, { fields }]) => {
    const labels = Object.keys(fields)
    const names = columnNames(labels)
    return {
      name,
      fields: Object.entries(fields).map(([label, { type, required = false }], i) => ({
        name: names[i] ?? label,
        label,
        type,
        required,
      })),
    }
  })
}
