import { secretRef } from '#definitions/definition'
import { either, exactly, object, oneOf, optional, type Read, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'

const signature = either(
  object({ kind: exactly('standard'), secret: secretRef }),
  object({
    kind: exactly('hmac'),
    secret: secretRef,
    header: text({ minLength: 1, description: 'The header that carries the signature.' }),
    algorithm: optional(oneOf(['sha256', 'sha1', 'sha512'])),
    encoding: optional(oneOf(['hex', 'base64'])),
    prefix: optional(text({ description: 'What stands before the signature, such as sha256=.' })),
  }),
  object({ kind: exactly('timestamped'), secret: secretRef, header: text({ minLength: 1 }) }),
  object({ kind: exactly('token'), secret: secretRef, header: text({ minLength: 1 }) }),
)

const settings = object({
  signature,
  id: optional(
    text({
      description: 'Where the sender puts what tells a repetition: a path such as event.id.',
    }),
  ),
  records: optional(
    text({
      description: 'The path of a list whose items are the records; the body itself unless set.',
    }),
  ),
})

/** What the connector for webhooks says of itself. */
export const webhookDefinition = {
  key: 'webhook',
  label: 'Incoming webhook',
  about:
    'What other systems post when something happens, taken only with a signature that is right.',
  settings,
  source: object({}),
  sendsAnything: true,
} as const satisfies ConnectorDefinition

export type WebhookSettings = Read<typeof settings>
