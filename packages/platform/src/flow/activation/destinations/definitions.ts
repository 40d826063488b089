import { emailDefinition } from './email/definition.ts'
import { fileDefinition } from './file/definition.ts'
import { postgresDefinition } from './postgres/definition.ts'
import { webhookDefinition } from './webhook/definition.ts'

/** What every destination says of itself; plain data, also for a browser. */
export const destinationDefinitions = [
  fileDefinition,
  webhookDefinition,
  postgresDefinition,
  emailDefinition,
] as const
