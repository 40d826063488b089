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

/** Which sizes are asked for: those from a moment on and before another, both as they are kept. */
export interface SizePage {
  readonly limit: number
  readonly from?: string | undefined
  readonly before?: string | undefined
}

/** How segments grew and shrank. */
export interface SizeRecords {
  readonly add: (segment: string, size: SegmentSize) => Promise<void>
  /** Adds the sizes of segments that were published together; those of one minute become one. */
  readonly addAll: (sizes: ReadonlyMap<string, SegmentSize>) => Promise<void>
  /** Newest first. */
  readonly list: (segment: string, page: SizePage) => Promise<readonly SegmentSize[]>
  /** One for each hour or day (of UTC) that has any, with the last size and all who came and went; newest first. */
  readonly per: (
    segment: string,
    span: 'hour' | 'day',
    page: SizePage,
  ) => Promise<readonly SegmentSize[]>
  /** The newest size of every segment. */
  readonly newest: () => Promise<ReadonlyMap<string, SegmentSize>>
}

/** How much of an instant as text tells its minute, its hour and its day. */
const [minute, hour, day] = ['2026-01-31T10:30', '2026-01-31T10', '2026-01-31'].map(
  (text) => text.length,
) as [number, number, number]

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
    list: (segment, { limit, from, before }) => {
      let asked = db.selectFrom('segment_size').select(columns).where('segment', '=', segment)
      if (from !== undefined) asked = asked.where('at', '>=', from)
      if (before !== undefined) asked = asked.where('at', '<', before)
      return asked.orderBy('id', 'desc').limit(limit).execute()
    },
    per: async (segment, span, { limit, before }) => {
      let asked = db
        .selectFrom('segment_size')
        .select(({ fn }) => [
          fn.max('id').as('newest'),
          fn.sum<number>('entered').as('entered'),
          fn.sum<number>('left').as('left'),
        ])
        .where('segment', '=', segment)
      if (before !== undefined) asked = asked.where('at', '<', before)
      const groups = await asked
        .groupBy(({ fn, val, ref }) =>
          fn('substr', [ref('at'), val(1), val(span === 'hour' ? hour : day)]),
        )
        .orderBy('newest', 'desc')
        .limit(limit)
        .execute()
      const sums = new Map(groups.map((group) => [Number(group.newest), group]))
      if (sums.size === 0) return []
      const rows = await db
        .selectFrom('segment_size')
        .select([...columns, 'id'])
        .where('id', 'in', [...sums.keys()])
        .orderBy('id', 'desc')
        .execute()
      return rows.map(({ id, ...size }) => {
        const { entered, left } = sums.get(id) ?? size
        return { ...size, entered: Number(entered), left: Number(left) }
      })
    },
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
