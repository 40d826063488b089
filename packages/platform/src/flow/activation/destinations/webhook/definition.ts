import { secretRef } from '#definitions/definition'
import { object, optional, webAddress, whole } from '#kernel/read.ts'

/** What the webhook destination says of itself. */
export const webhookDefinition = {
  key: 'webhook',
  label: 'Webhook',
  about: 'Posts members in signed batches of JSON to an address of yours.',
  guarantee: 'once by key',
  settings: object({
    url: webAddress({ description: 'The address that receives the batches.' }),
    secret: secretRef,
    /** The key before, as long as the receiver may still check with it: batches are signed with both. */
    previous_secret: optional(secretRef),
    batch_size: whole({
      minimum: 1,
      maximum: 5000,
      default: 500,
      description: 'The most members in one request.',
    }),
  }),
} as const
