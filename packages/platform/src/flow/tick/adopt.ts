import type { Engine } from '#engine'
import { mostTogether, type Published, type Segments } from '#segments'
import type { LiveSegment } from './lane.ts'
import { noteWholeDue } from './round.ts'
import { keep } from './tables.ts'

/** What making segments live needs. */
export interface AdoptTools {
  readonly engine: Engine
  readonly segments: Pick<Segments, 'publishFirst'>
}

/** Some at a time, those that are asked for before those that ask. */
export const together = (segments: readonly LiveSegment[]): readonly (readonly LiveSegment[])[] =>
  segments.length === 0
    ? []
    : [segments.slice(0, mostTogether), ...together(segments.slice(mostTogether))]

/** Publishes segments that never were, in one reading of everything, and keeps them live from then on. */
export async function adoptTogether(
  { engine, segments }: AdoptTools,
  ones: readonly LiveSegment[],
  of: { readonly now: Date; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Published>> {
  const byKey = new Map(ones.map((one) => [one.key, one]))
  // What is written down too early does no harm.
  await noteWholeDue(engine, ones, of)
  return segments.publishFirst(
    [...byKey.keys()],
    { at: of.now, signal: of.signal },
    (writer, key) =>
      keep(writer, key, {
        fingerprint: byKey.get(key)?.fingerprint ?? '',
        difference: 0,
        differences: 0,
      }),
  )
}
