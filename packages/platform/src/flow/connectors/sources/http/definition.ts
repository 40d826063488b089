import { secretRef } from '#definitions/definition'
import {
  anything,
  either,
  exactly,
  flag,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  webAddress,
  whole,
} from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'

const auth = either(
  object({ kind: exactly('none') }),
  object({ kind: exactly('basic'), user: text(), password: secretRef }),
  object({ kind: exactly('bearer'), token: secretRef }),
  object({
    kind: exactly('api_key'),
    in: oneOf(['header', 'query']),
    name: text({ minLength: 1, description: 'The name of the header or of the parameter.' }),
    value: secretRef,
  }),
  object({
    kind: exactly('oauth2_client_credentials'),
    token_url: webAddress(),
    client_id: text({ minLength: 1 }),
    client_secret: secretRef,
    scope: optional(text()),
    audience: optional(text()),
    client_in: optional(
      oneOf(['header', 'body'], {
        description: 'Where the client says who it is; in a header unless set.',
      }),
    ),
  }),
)

const settings = object({
  base_url: webAddress({
    description: 'What all paths begin with, such as https://api.example.com/v2.',
  }),
  headers: optional(record(either(text(), secretRef), { description: 'Sent with every request.' })),
  auth: optional(auth),
  requests_per_second: optional(number({ minimum: 0.01, maximum: 1000 })),
  timeout_seconds: optional(
    whole({ minimum: 1, maximum: 3600, description: 'How long an answer may keep still.' }),
  ),
  openapi: optional(
    text({ description: 'The path of an OpenAPI description in JSON; it tells what there is.' }),
  ),
})

const parameter = (description: string) => text({ minLength: 1, description })
const path = (description: string) =>
  text({ minLength: 1, description: `${description} A path such as meta.next.` })

const paging = either(
  object({ kind: exactly('none') }),
  object({
    kind: exactly('cursor'),
    next: path('Where the answer holds what leads to the next page; the last page has none.'),
    param: parameter('What it is sent as.'),
    more: optional(path('Where the answer says whether there is more.')),
  }),
  object({
    kind: exactly('offset'),
    offset_param: parameter('Sent: how many records to pass over.'),
    limit_param: parameter('Sent: how many records at most.'),
    limit: whole({ minimum: 1 }),
    total: optional(path('Where the answer says how many records there are.')),
  }),
  object({
    kind: exactly('page'),
    param: parameter('Sent: the number of the page.'),
    first: optional(
      whole({ minimum: 0, description: 'The number of the first page; 1 unless set.' }),
    ),
    pages: optional(path('Where the answer says how many pages there are.')),
  }),
  object({
    kind: exactly('link'),
    next: optional(
      path('Where the answer holds the address of the next page; in the header Link unless set.'),
    ),
  }),
)

const incremental = object({
  field: path('Where a record says when it was changed, or its rising number.'),
  param: parameter('What the highest value seen is sent as.'),
  format: optional(
    oneOf(['iso', 'epoch_s', 'epoch_ms'], {
      description: 'How it is sent; as it came unless set.',
    }),
  ),
  overlap_seconds: optional(
    whole({ minimum: 0, description: 'Asks for that much again, for records that show up late.' }),
  ),
  initial: optional(text({ description: 'What is sent the first time; nothing unless set.' })),
  sorted: optional(
    flag({ description: 'Whether records come oldest first; progress is then kept on the way.' }),
  ),
})

const source = object({
  path: text({ minLength: 1, description: 'Below the base address, such as /contacts.' }),
  query: optional(record(text())),
  method: optional(oneOf(['GET', 'POST'], { description: 'GET unless set.' })),
  body: optional(
    record(anything(), {
      description: 'Sent as JSON with POST; parameters of paging are then members of it.',
    }),
  ),
  records: optional(
    text({
      description: 'Where the answer holds the list of records; the only list there is unless set.',
    }),
  ),
  paging: optional(paging),
  incremental: optional(incremental),
})

/** What the connector for web APIs says of itself. */
export const httpDefinition = {
  key: 'http',
  label: 'Web API',
  about: 'Lists of JSON records from a web API, page by page, all of them or what has changed.',
  settings,
  source,
} as const satisfies ConnectorDefinition

export type HttpSettings = Read<typeof settings>
export type HttpSource = Read<typeof source>
export type Auth = Read<typeof auth>
export type Paging = Read<typeof paging>
export type Incremental = Read<typeof incremental>
