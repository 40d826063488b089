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

const numeric: readonly string[] = ['integer', 'decimal', 'number']

/** How rows are drawn unless somebody says: their measures along their time, or along their first dimension. */
export function usualDrawing({ columns }: Pick<InsightPreview, 'columns'>): Drawing | undefined {
  const along =
    columns.find(({ is }) => is === 'time') ?? columns.find(({ is }) => is !== 'measure')
  const y = columns.filter(({ is, type }) => is === 'measure' && numeric.includes(type))
  if (along === undefined || y.length === 0) return undefined
  return {
    type: along.is === 'time' ? 'line' : 'bar',
    x: along.name,
    y: y.slice(0, 3).map(({ name }) => name),
  }
}

/** What is drawn along, and which measures. */
interface Drawing {
  readonly type: 'line' | 'bar'
  readonly x: string
  readonly y: readonly string[]
}
