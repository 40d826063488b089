import type { Generated } from 'kysely'
import { type Migration, readMigrations, type Store } from '#store'
import type { SegmentSize } from './api.ts'

/** The tables that this room keeps in the store. */
export const segmentMigrations: readonly Migration[] = readMigrations(
  new URL('./migrations/', import.meta.url),
)

interface Tables {
  segment_size: SegmentSize & { id: Generated<number>; segment: string }
}

/** How segments grew and shrank. */
export interface SizeRecords {
  readonly add: (segment: string, size: SegmentSize) => Promise<void>
  /** Adds the sizes of segments that were published together; those of one minute become one. */
  readonly addAll: (sizes: ReadonlyMap<string, SegmentSize>) => Promise<void>
  /** Newest first. */
  readonly list: (segment: string, limit: number) => Promise<readonly SegmentSize[]>
  /** The newest size of every segment. */
  readonly newest: () => Promise<ReadonlyMap<string, SegmentSize>>
}

/** How much of an instant as text tells its minute. */
const minute = '2026-01-31T10:30'.length

/** The size records in a store. */
export function sizeRecords(store: Store): SizeRecords {
  const db = store.as<Tables>()
  const columns = ['at', 'position', 'members', 'entered', 'left'] as const
  return {
    add: async (segment, size) => {
      await db
        .insertInto('segment_size')
        .values({ segment, ...size })
        .execute()
    },
    addAll: async (sizes) => {
      if (sizes.size === 0) return
      await store.transaction(async () => {
        const last = await db
          .selectFrom('segment_size')
          .select(({ fn }) => ['segment', fn.max('id').as('id'), fn.max('at').as('at')] as const)
          .where('segment', 'in', [...sizes.keys()])
          .groupBy('segment')
          .execute()
        const newest = new Map(last.map((row) => [row.segment, row]))
        const fresh = []
        for (const [segment, size] of sizes) {
          const { id, at } = newest.get(segment) ?? {}
          const isOfMinute = at !== undefined && at.slice(0, minute) === size.at.slice(0, minute)
          if (id === undefined || !isOfMinute) fresh.push({ segment, ...size })
          else
            await db
              .updateTable('segment_size')
              .set(({ ref, eb }) => ({
                at: size.at,
                position: size.position,
                members: size.members,
                entered: eb(ref('entered'), '+', size.entered),
                left: eb(ref('left'), '+', size.left),
              }))
              .where('id', '=', id)
              .execute()
        }
        if (fresh.length > 0) await db.insertInto('segment_size').values(fresh).execute()
      })
    },
    list: (segment, limit) =>
      db
        .selectFrom('segment_size')
        .select(columns)
        .where('segment', '=', segment)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    newest: async () => {
      const rows = await db
        .selectFrom('segment_size')
        .select('segment')
        .select(columns)
        .where('id', 'in', (newest) =>
          newest
            .selectFrom('segment_size')
            .select(({ fn }) => fn.max('id').as('id'))
            .groupBy('segment'),
        )
        .execute()
      return new Map(rows.map(({ segment, ...size }) => [segment, size]))
    },
  }
}
