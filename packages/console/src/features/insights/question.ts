import type { InsightOverview, InsightPreview } from '@tessera/platform/contract'
import type { InsightAddress } from './address.ts'
import type { Question } from './api/insights.ts'

const mostRows = 5_000

/** What is asked of an insight: by which dimensions, and how coarse its times are. */
export function questionOf(
  { dimensions }: Pick<InsightOverview, 'dimensions'>,
  { by, grain }: Pick<InsightAddress, 'by' | 'grain'>,
  times: readonly string[],
): Question {
  const chosen =
    by === undefined ? dimensions : dimensions.filter((name) => by.split(',').includes(name))
  return {
    dimensions: chosen.map((name) =>
      grain !== undefined && times.includes(name) ? { name, by: grain } : name,
    ),
    limit: mostRows,
  }
}

/** The dimensions that are times. */
export const timesIn = (answer: InsightPreview | undefined): readonly string[] =>
  (answer?.columns ?? []).filter(({ is }) => is === 'time').map(({ name }) => name)
