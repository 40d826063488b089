import { columnNames } from '#kernel/names.ts'
import { didYouMean } from '#kernel/near.ts'
import { type Connector, defineReceiver } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import { ingestApiDefinition } from './definition.ts'

/** Programs that send records of a declared shape. */
export const makeIngestApi = (): Connector =>
  defineReceiver({
    ...ingestApiDefinition,
    offers: ({ objects }) =>
      Object.keys(objects).map((name) => ({ name, source: { object: name } })),
    receives: ({ settings: { objects }, source: { object } }) => {
      const found = objects[object]
      if (!found) {
        const near = didYouMean(object, Object.keys(objects))
        throw connectorFaults.unknown_object({ object, near })
      }
      const labels = Object.keys(found.fields)
      const names = columnNames(labels)
      return {
        fields: Object.entries(found.fields).map(([label, { type }], i) => ({
          label,
          name: names[i] ?? label,
          type,
        })),
        needed: Object.entries(found.fields).flatMap(([label, { required = false }]) =>
          required || label === found.event_time ? [label] : [],
        ),
      }
    },
  })
