import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import { fieldsByStream } from '#lake'
import type { Sources } from '#mappings'

/** The streams that formulas may look values up in: those of which something has arrived. */
export async function lookupsOf(engine: Engine, all: Catalogue): Promise<Sources['lookups']> {
  const streams = all.list('stream').map(({ key }) => key)
  return Object.fromEntries(await fieldsByStream(engine, streams))
}
