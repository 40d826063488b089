import { type Catalogue, defineKind, type Kind } from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { LakeField } from '#lake'
import { type ModelObjectDefinition, modelObjectSchema, modelOf, problemsOfObject } from '#model'
import { compileMapping } from './compile.ts'
import { type MappingDefinition, mappingSchema } from './definition.ts'
import { mappingFaults } from './faults.ts'

/** The kind of users' own model objects, and of fields added to standard ones. */
export const modelObjectKind: Kind<ModelObjectDefinition> = defineKind({
  kind: 'model_object',
  label: 'Model object',
  schema: modelObjectSchema,
  sample:
    'kind: model_object\nkey: bicycle\nlabel: Bicycle\nsubject_area: product\ncategory: other\nfields:\n  id: { type: text }\n  individual_id: { type: text, links_to: individual }\n  frame_number: { type: text }\n',
  check: (body, all, { key }) =>
    problemsOfObject(key, body, modelOf(all.list<ModelObjectDefinition>('model_object'))),
})

/**
 * The kind of mappings. `fieldsIn` tells the fields of a stream as far as they are known: before the first batch a
 * formula is only checked for its form. `isWaiting` tells whether a stream may take fields of which nothing tells before its first row.
 */
export const mappingKind = (
  fieldsIn: (stream: string, all: Catalogue) => readonly LakeField[] | undefined,
  isWaiting: (stream: string, all: Catalogue) => boolean = () => false,
): Kind<MappingDefinition> =>
  defineKind({
    kind: 'mapping',
    label: 'Mapping',
    schema: mappingSchema,
    sample:
      'kind: mapping\nkey: crm_contacts\nstream: crm_contacts\nqualifier: crm\nobjects:\n  - object: individual\n    fields: { id: id, first_name: trim(first_name) }\n',
    needs: ({ stream }) => [{ kind: 'stream', key: stream, at: 'stream' }],
    check: (mapping, all, self) => {
      const problems: Problem[] = []
      const streams = all.list('stream').map(({ key }) => key)
      if (!streams.includes(mapping.stream)) {
        const near = didYouMean(mapping.stream, streams)
        problems.push(
          ...mappingFaults.unknown_stream({ stream: mapping.stream, near }, { at: 'stream' })
            .problems,
        )
      }
      const other = all
        .list<MappingDefinition>('mapping')
        .find(({ key, body }) => key < self.key && body.stream === mapping.stream)
      if (other)
        problems.push(
          ...mappingFaults.twice({ stream: mapping.stream, other: other.key }, { at: 'stream' })
            .problems,
        )
      const model = modelOf(all.list<ModelObjectDefinition>('model_object'))
      const fieldsOf = (stream: string) => fieldsIn(stream, all)
      const sources = {
        fields: fieldsOf(mapping.stream),
        lookups: lookupsIn(streams, fieldsOf),
        isOpen: isWaiting(mapping.stream, all),
      }
      problems.push(...compileMapping(mapping, model, sources).problems)
      return problems
    },
  })

/** The streams that formulas may look values up in. */
export const lookupsIn = (
  streams: readonly string[],
  fieldsOf: (stream: string) => readonly LakeField[] | undefined,
) => Object.fromEntries(streams.map((stream) => [stream, fieldsOf(stream)]))
