import { fileDefinition } from './file/definition.ts'
import { webhookDefinition } from './webhook/definition.ts'

/** What every destination says of itself; plain data, also for a browser. */
export const destinationDefinitions = [fileDefinition, webhookDefinition] as const
