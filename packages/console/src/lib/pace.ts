/** How fast something goes, and how long the rest takes at that pace. */
export interface Pace {
  readonly perSecond: number
  readonly leftMs: number
}

/** The pace of what has been done so far; nothing while it is too early to tell. */
export function paceOf(of: {
  readonly done: number
  readonly total: number | undefined
  readonly ms: number
}): Pace | undefined {
  const { done, total, ms } = of
  if (total === undefined || done <= 0 || done > total || ms < 500) return undefined
  const perSecond = (done * 1000) / ms
  return { perSecond, leftMs: ((total - done) / perSecond) * 1000 }
}
