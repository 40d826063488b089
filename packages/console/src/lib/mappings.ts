import type { DefinitionAnswer } from '@tessera/platform/contract'
import { definitionsQuery } from './definitions.ts'
import type { MappingBody } from './mapping.ts'

/** A mapping as it is defined. */
export interface Mapping extends Omit<DefinitionAnswer, 'body'> {
  readonly body: MappingBody
}

const asMappings = (all: readonly DefinitionAnswer[]): readonly Mapping[] =>
  // The server keeps no mapping of another shape.
  all.map((one) => ({ ...one, body: one.body as MappingBody }))

/** All mappings there are. */
export const mappingsQuery = { ...definitionsQuery('mapping'), select: asMappings }
