import { type Catalogue, fingerprint } from '#definitions'
import type { GraphNode, Refresher } from '#graph'
import type { ConnectionDefinition, StreamDefinition } from './definition.ts'
import type { Streams } from './streams.ts'

/** Streams as nodes of the graph. Nothing tells when the world outside has changed, so they are refreshed when asked. */
export const streamNodes = (all: Catalogue): readonly GraphNode[] =>
  all.list<StreamDefinition>('stream').map(({ key, body }) => ({
    key: `stream:${key}`,
    kind: 'stream',
    label: body.label ?? key,
    inputs: [],
    definition: fingerprint([
      body,
      all.find<ConnectionDefinition>('connection', body.connection)?.body,
    ]),
    freshness: 'on demand',
  }))

/** Refreshes nodes of kind `stream`: takes what is new at the source. */
export const streamRefresher =
  (streams: Pick<Streams, 'run' | 'get'>): Refresher =>
  async ({ key }, { signal, progress }) => {
    const stream = key.slice('stream:'.length)
    const onBatch = (_: unknown, name: string) => progress(`${stream}: ${name}`)
    const { position, received, stored, unchanged, rejected, removed, widened } = await streams.run(
      stream,
      { signal, onBatch },
    )
    const { rows } = await streams.get(stream)
    const names = [...new Set(widened)].join(', ')
    return {
      // The lake numbers its changes itself: the same position again means that nothing changed.
      changed: 'all',
      position,
      counts: { rows, received, stored, unchanged, rejected, removed },
      ...(names === ''
        ? {}
        : { note: `${names}: kept as text, because not every value fits a narrower type` }),
    }
  }
