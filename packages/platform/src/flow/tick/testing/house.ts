import { onTestFinished } from 'vitest'
import type { Engine } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { prepareRowChanges, prepareTouched } from '#model'
import {
  type Condition,
  type KnownToSegments,
  makeSegments,
  type Segment,
  type Segments,
  segmentMigrations,
} from '#segments'
import { segmentTenant, tenantModel } from '#segments/testing'
import { memoryStore } from '#store/testing'
import { prepareTick } from '../tables.ts'
import { makeTick, type Tick, type TickTools } from '../tick.ts'

/** A small company whose segments are kept by a tick, to which nothing comes by itself. */
export interface TickHouse {
  readonly engine: Engine
  readonly clock: ReturnType<typeof stoppedClock>
  readonly known: () => Promise<KnownToSegments>
  readonly segments: Segments
  readonly tick: Tick
}

/** A segment of people by a condition. */
export const peopleWith = (key: string, include: Condition): Segment => ({
  key,
  body: { label: key, on: 'individual', include },
})

/** A house with definitions of segments, none of which is published yet. It is closed when the test ends. */
export async function tickHouse(
  definitions: readonly Segment[],
  more: Pick<TickTools, 'copiedFrom'> = {},
): Promise<TickHouse> {
  const engine = await memoryEngine()
  const store = await memoryStore({ segments: segmentMigrations })
  onTestFinished(async () => {
    await store.close()
    await engine.close()
  })
  await segmentTenant(engine)
  await prepareTick(engine)
  await engine.change('tables', async (writer) => {
    await prepareRowChanges(writer)
    await prepareTouched(writer)
  })
  const clock = stoppedClock(new Date('2026-02-16T12:00:00Z'))
  const known = async () => ({ model: tenantModel, insights: [], segments: [...definitions] })
  const segments = makeSegments({ engine, store, clock, known })
  const tick = makeTick({
    engine,
    clock,
    log: silentLog,
    known,
    segments,
    mappings: { behind: async () => [], follow: async () => undefined },
    identity: {
      decisive: async () => [],
      decided: async () => 0,
      run: async () => {},
    },
    checkEveryMs: Number.MAX_SAFE_INTEGER,
    onChange: () => {},
    ...more,
  })
  return { engine, clock, known, segments, tick }
}
