import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Store } from '#store'
import type { SegmentTrouble } from './api.ts'
import { segmentFaults } from './faults.ts'

interface Tables {
  segment_trouble: SegmentTrouble & { segment: string }
}

interface Attempt {
  readonly at: Date
  readonly signal: AbortSignal | undefined
}

/** Segments that could not be published; their members are those of the last time that it went well. */
export interface TroubleRecords {
  /** Does what publishes a segment, and remembers whether that failed; what it answers. */
  readonly watch: <T>(segment: string, by: Attempt, work: () => Promise<T>) => Promise<T>
  readonly list: () => Promise<ReadonlyMap<string, SegmentTrouble>>
  /** Forgets those of segments whose members are known to be right. */
  readonly forget: (segments: readonly string[]) => Promise<void>
  /** Forgets those of segments that are no longer defined. */
  readonly sweep: (defined: readonly string[]) => Promise<void>
}

/** The records of failures in a store. */
export function troubleRecords(store: Store): TroubleRecords {
  const db = store.as<Tables>()
  const keep = async (segment: string, at: Date, thrown: unknown) => {
    const trouble = { code: codeOf(thrown), why: sentenceOf(thrown) }
    await db
      .insertInto('segment_trouble')
      .values({ segment, since: at.toISOString(), ...trouble })
      .onConflict((is) => is.column('segment').doUpdateSet(trouble))
      .execute()
  }
  return {
    watch: async (segment, { at, signal }, work) => {
      try {
        const done = await work()
        await db.deleteFrom('segment_trouble').where('segment', '=', segment).execute()
        return done
      } catch (thrown) {
        if (!signal?.aborted && isOfDefinition(thrown)) await keep(segment, at, thrown)
        throw thrown
      }
    },
    list: async () => {
      const rows = await db
        .selectFrom('segment_trouble')
        .select(['segment', 'since', 'code', 'why'])
        .execute()
      return new Map(rows.map(({ segment, ...trouble }) => [segment, trouble]))
    },
    forget: async (segments) => {
      if (segments.length === 0) return
      await db.deleteFrom('segment_trouble').where('segment', 'in', segments).execute()
    },
    sweep: async (defined) => {
      await db.deleteFrom('segment_trouble').where('segment', 'not in', defined).execute()
    },
  }
}

const codeOf = (thrown: unknown) => (thrown instanceof Fault ? thrown.code : 'segments.failed')

// Whoever gives no value where one is asked for found nothing wrong with the definition.
const isOfDefinition = (thrown: unknown): boolean =>
  !(thrown instanceof Fault) ||
  !thrown.problems.some(({ code }) => code === segmentFaults.missing_value.code)
