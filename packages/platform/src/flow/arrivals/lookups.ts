import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import { fieldsOf } from '#lake'
import type { Sources } from '#mappings'

/** The streams that formulas may look values up in: those of which something has arrived. */
export async function lookupsOf(engine: Engine, all: Catalogue): Promise<Sources['lookups']> {
  const streams = all.list('stream').map(({ key }) => key)
  const fields = await Promise.all(streams.map((key) => fieldsOf(engine, key)))
  const known = streams.map((key, i) => [key, fields[i]] as const)
  return Object.fromEntries(known.filter(([, of]) => of?.length))
}
