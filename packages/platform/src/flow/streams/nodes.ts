import { type Catalogue, fingerprint } from '#definitions'
import type { GraphNode, Refresher } from '#graph'
import type { ConnectionDefinition, StreamDefinition } from './definition.ts'
import { noteOn } from './note.ts'
import type { Streams } from './streams.ts'

/**
 * Streams as nodes of the graph. Nothing tells when the world outside has changed, so they are refreshed when asked. What
 * the lake says of their last change counts, also when the process died before the graph heard of it.
 */
export const streamNodes = (
  all: Catalogue,
  positions: ReadonlyMap<string, number>,
): readonly GraphNode[] =>
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
    position: positions.get(key) ?? 0,
  }))

/** Refreshes nodes of kind `stream`: takes what is new at the source. */
export const streamRefresher =
  (streams: Pick<Streams, 'run' | 'get'>): Refresher =>
  async ({ key, label, position: before = 0 }, { signal, progress }) => {
    const stream = key.slice('stream:'.length)
    const onBatch = (_: unknown, name: string) =>
      progress(name === stream ? label : `${label}: ${name}`)
    const pulled = await streams.run(stream, { signal, onBatch })
    const { position, received, stored, unchanged, rejected, removed } = pulled
    const { rows } = await streams.get(stream)
    const note = noteOn(pulled)
    return {
      changed: position > before ? 'all' : 'nothing',
      position,
      counts: { rows, received, stored, unchanged, rejected, removed },
      ...(note === undefined ? {} : { note }),
    }
  }
