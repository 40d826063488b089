import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import { currentTable, fieldsOf } from '#lake'
import type { LookupSource } from '#query'

/** The streams that formulas may look values up in: those of which something has arrived. */
export async function lookupsOf(
  engine: Engine,
  all: Catalogue,
): Promise<Readonly<Record<string, LookupSource>>> {
  const streams = all.list('stream').map(({ key }) => key)
  const sources = await Promise.all(
    streams.map(
      async (key): Promise<[string, LookupSource]> => [
        key,
        { table: currentTable(key), fields: await fieldsOf(engine, key) },
      ],
    ),
  )
  return Object.fromEntries(sources.filter(([, { fields }]) => fields?.length))
}
