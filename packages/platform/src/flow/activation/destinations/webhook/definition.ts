import { secretRef } from '#definitions/definition'
import { object, text, whole } from '#kernel/read.ts'

/** What the webhook destination says of itself. */
export const webhookDefinition = {
  key: 'webhook',
  label: 'Webhook',
  about: 'Posts members in signed batches of JSON to an address of yours.',
  guarantee: 'once by key',
  settings: object({
    url: text({ pattern: '^https?://', description: 'The address that receives the batches.' }),
    secret: secretRef,
    batch_size: whole({
      minimum: 1,
      maximum: 5000,
      default: 500,
      description: 'The most members in one request.',
    }),
  }),
} as const
