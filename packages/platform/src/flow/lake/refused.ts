import { column, type Draft, join, sql, value, type Writer } from '#engine'
import { among, isFrom } from './again.ts'
import { type Origin, originsOf, type Piece, type Work } from './arrival.ts'
import { originOfReject } from './rejected.ts'
import { batchTable, mendedFingerprint, mendedTable, rejectedTable } from './tables.ts'

/** Puts the records that cannot be taken on the list, but for those that are known from there. */
export async function reject(writer: Writer, work: Work): Promise<void> {
  for (const piece of work.pieces) {
    const refused = refusedIn(piece)
    if (refused === undefined) continue
    const { of, first } = piece
    const about = join([work.stream, of.fingerprint, of.name].map((one) => value(one)))
    await writer.run(sql`
      insert into ${rejectedTable} (stream, fingerprint, name, record, reason, raw, taken_at, position)
      select ${about}, _row, reason, raw, ${value(work.at)}, _row + ${value(first - 1)}
      from (${unknownAmong(work, piece, refused)}) r`)
  }
}

/** The records of a piece that cannot be taken: `_row`, `reason`, `raw`; nothing where there are none. */
function refusedIn({ loaded }: Pick<Piece, 'loaded'>): Draft | undefined {
  return loaded.rejectedRows > 0 ? sql`select _row, reason, raw from ${loaded.rejected}` : undefined
}

/** What tells that a record was shown before; nothing where each record is handed over once. */
function shownBy(work: Work, { of }: Piece): Shown | undefined {
  const { mode, primaryKey, isWhole } = work
  if (mode !== 'full' && !isWhole) return undefined
  // Of rows with a key every part is taken by itself.
  const isByPart = mode !== 'full' && primaryKey.length > 0
  return isByPart ? { name: of.name } : { origins: originsOf(work, of) }
}

type Shown = { readonly name: string } | { readonly origins: readonly Origin[] }

/** Refused records without those that are on the list, or were mended: of equal ones as many as came from there before. */
function unknownAmong(work: Work, piece: Piece, refused: Draft): Draft {
  const shown = shownBy(work, piece)
  if (shown === undefined) return refused
  const { stream, pieces } = work
  const now = pieces[0]?.first ?? 0
  const isThere =
    'name' in shown
      ? sql`name = ${value(shown.name)}`
      : sql`exists (select 1 from ${batchTable} b
          where b.stream = ${value(stream)} and b.fingerprint = l.fingerprint and ${isFrom(shown.origins)})`
  const listed = sql`select raw, count(*) as n from ${rejectedTable} l
    where stream = ${value(stream)} and position < ${value(now)} and ${isThere} group by raw`
  const wasThere =
    'name' in shown
      ? sql`name = ${value(shown.name)}`
      : among(shown.origins, { name: column('origin'), place: column('position') })
  const mended = sql`select raw, count(*) as n from ${mendedTable}
    where stream = ${value(stream)} and event is null and ${wasThere} group by raw`
  const earlier = pieces
    .slice(0, pieces.indexOf(piece))
    .filter((one) => isSame(shownBy(work, one), shown))
    .flatMap((one) => refusedIn(one) ?? [])
    .map((one) => sql`select raw, -count(*) as n from (${one}) r group by raw`)
  const left = sql`select raw, sum(n) as n from (${join([listed, mended, ...earlier], sql` union all `)}) u group by raw`
  return sql`select r.* from (
      select *, row_number() over (partition by raw order by _row) as _nth from (${refused}) f) r
    left join (${left}) k on k.raw is not distinct from r.raw where r._nth > coalesce(k.n, 0)`
}

const isSame = (a: Shown | undefined, b: Shown) => JSON.stringify(a) === JSON.stringify(b)

/**
 * The places of rows that were mended and whose records are still shown as they were, of equal ones as many as are shown. They are not
 * gone from the source, and no other record of it is one of them.
 */
export function mendedShown(work: Work): Draft | undefined {
  const shown = work.pieces.flatMap((piece) => {
    const [refused, by] = [refusedIn(piece), shownBy(work, piece)]
    if (refused === undefined || by === undefined || !('origins' in by)) return []
    return by.origins.map(
      ({ name, before }) =>
        sql`select ${value(name)} as origin, ${before === undefined ? sql`cast(null as bigint)` : value(before)} as below, raw from (${refused}) r`,
    )
  })
  if (shown.length === 0) return undefined
  const isOf = sql`stream = ${value(work.stream)} and event is null`
  const batchOf = (record: string) =>
    sql`b.stream = ${column('stream', record)} and b.fingerprint = ${value(mendedFingerprint(''))} || cast(${column('position', record)} as varchar)`
  // What somebody is just mending has its row, and is still on the list.
  const mended = sql`
    select stream, origin, raw, position from ${mendedTable} where ${isOf}
    union all
    select stream, ${originOfReject} as origin, raw, position from ${rejectedTable} r
    where ${isOf} and exists (select 1 from ${batchTable} b where ${batchOf('r')})`
  return sql`select b.first_position as place from (
      select *, row_number() over (partition by origin, raw order by position) as _nth from (${mended}) t) m
    join (select origin, below, raw, count(*) as n from (${join(shown, sql` union all `)}) u group by origin, below, raw) s
      on s.origin = m.origin and s.raw is not distinct from m.raw and m._nth <= s.n
        and m.position < coalesce(s.below, m.position + 1)
    join ${batchTable} b on ${batchOf('m')}`
}
