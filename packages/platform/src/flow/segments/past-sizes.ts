import type { SegmentSize, SizeSpan } from './api.ts'
import { startOfUnit } from './calendar.ts'
import type { SizeRecords } from './records.ts'

/** Which spans are asked for. */
export interface SpansAsked {
  readonly per: SizeSpan
  readonly limit: number
  readonly from?: Date | undefined
  /** Sizes after this moment do not count; now, unless it is earlier. */
  readonly to: Date
}

const hourMs = 3_600_000
const spanMs = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const

const startOf = (ms: number, per: SizeSpan): number =>
  per === 'hour' ? Math.floor(ms / hourMs) * hourMs : startOfUnit(ms, per)

/** How a segment grew and shrank, span by span, newest first; a span without a publish has the size of the one before. */
export async function sizesPer(
  records: Pick<SizeRecords, 'per'>,
  segment: string,
  { per, limit, from, to }: SpansAsked,
): Promise<readonly SegmentSize[]> {
  const days = per === 'week' ? 7 : 1
  const rows = await records.per(segment, per === 'hour' ? 'hour' : 'day', {
    before: to.toISOString(),
    // One more than are shown, because a span may begin with the size of an earlier one.
    limit: limit * days + 1,
  })
  const spans = new Map<number, SegmentSize>()
  // The newest of a span comes first, and its size is the one that counts.
  for (const row of rows) {
    const at = startOf(Date.parse(row.at), per)
    const known = spans.get(at)
    const [entered, left] = [row.entered + (known?.entered ?? 0), row.left + (known?.left ?? 0)]
    spans.set(at, { ...(known ?? row), at: new Date(at).toISOString(), entered, left })
  }
  const first = Math.max(Math.min(...spans.keys()), from ? startOf(from.getTime(), per) : 0)
  const last = startOf(to.getTime() - 1, per)
  const sizes: SegmentSize[] = []
  for (let at = last; at >= first && sizes.length < limit; at -= spanMs[per]) {
    const known = spans.get(at)
    const before = known ?? [...spans.values()].find((one) => Date.parse(one.at) < at)
    if (before)
      sizes.push(known ?? { ...before, at: new Date(at).toISOString(), entered: 0, left: 0 })
  }
  return sizes
}
