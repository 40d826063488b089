import type { Engine } from '#engine'
import type { WhyAnswer } from './api.ts'
import { segmentFaults } from './faults.ts'
import { staysOf } from './past.ts'

/** Refuses to tell of a segment that somebody is not in; whether there is one of that name is not told either. */
export async function refuseStrangers(
  engine: Engine,
  segment: string,
  profile: bigint,
): Promise<void> {
  const { current } = await staysOf(engine, profile)
  if (current.some((stay) => stay.segment === segment)) return
  throw segmentFaults.not_in({ profile: String(profile), segment })
}

/** An answer without what it says of others: how many are ranked with somebody, and who is the last of them. */
export function ofThemAlone({ rank, ...answer }: WhyAnswer): WhyAnswer {
  if (rank === undefined) return answer
  const { among: _, last: __, ...own } = rank
  return { ...answer, rank: own }
}
