import type { InsightOverview, InsightPreview } from '@tessera/platform/contract'
import type { Chart } from '../../lib/chart.ts'
import type { Grain, InsightAddress } from './address.ts'
import type { Question } from './api/insights.ts'

const mostRows = 5_000
const mostDrawn = 10_000

/** What has to be known of an insight to ask it. */
export type Asked = Pick<InsightOverview, 'dimensions'> & {
  readonly measures: readonly Pick<InsightOverview['measures'][number], 'name' | 'rollup'>[]
}

/** The dimensions that rows are put together by, in the order of the insight. */
export const chosenIn = (
  { dimensions }: Pick<Asked, 'dimensions'>,
  { by }: { readonly by?: string | undefined },
): readonly string[] =>
  by === undefined ? dimensions : dimensions.filter((name) => by.split(',').includes(name))

/** What is asked of an insight: by which dimensions, and how coarse its times are; with the measures that can be told so. */
export function questionOf(
  insight: Asked,
  { by, grain }: Pick<InsightAddress, 'by' | 'grain'>,
  times: readonly string[],
): Question {
  const dimensions = coarsened(chosenIn(insight, { by }), grain, times)
  const told = toldBy(insight, dimensions)
  const isAll = told.length === insight.measures.length
  return { dimensions, ...(isAll ? {} : { measures: told }), limit: mostRows }
}

/** What is asked of an insight to draw it: one row for each place in the chart. Nothing if it is not drawn along its dimensions. */
export function drawingQuestion(
  insight: Asked,
  { x, y, series }: Pick<Chart, 'x' | 'y' | 'series'>,
  { grain, times }: { readonly grain: Grain | undefined; readonly times: readonly string[] },
): Question | undefined {
  const names = series === undefined || series === x ? [x] : [x, series]
  if (!names.every((name) => insight.dimensions.includes(name))) return undefined
  const dimensions = coarsened(names, grain, times)
  const told = toldBy(insight, dimensions)
  return { dimensions, measures: y.filter((name) => told.includes(name)), limit: mostDrawn }
}

/** Whether there may be more rows than were asked for. */
export const isCut = ({ limit }: Question, { rows }: Pick<InsightPreview, 'rows'>): boolean =>
  rows.length >= limit

const coarsened = (
  names: readonly string[],
  grain: Grain | undefined,
  times: readonly string[],
): Question['dimensions'] =>
  names.map((name) => (grain !== undefined && times.includes(name) ? { name, by: grain } : name))

// Averages and distinct counts of smaller groups do not tell those of larger ones.
function toldBy({ dimensions, measures }: Asked, asked: Question['dimensions']): readonly string[] {
  const isWhole = dimensions.every((name) => asked.includes(name))
  return measures.filter(({ rollup }) => isWhole || rollup !== undefined).map(({ name }) => name)
}

/** The dimensions that are times. */
export const timesIn = (answer: InsightPreview | undefined): readonly string[] =>
  (answer?.columns ?? []).filter(({ is }) => is === 'time').map(({ name }) => name)

const numeric: readonly string[] = ['integer', 'decimal', 'number']

/** How rows are drawn unless somebody says: their measures along their time, or along their first dimension; first those that can be told so. */
export function usualDrawing(
  { columns }: Pick<InsightPreview, 'columns'>,
  insight: Asked,
): Drawing | undefined {
  const along =
    columns.find(({ is }) => is === 'time') ?? columns.find(({ is }) => is !== 'measure')
  const y = columns.filter(({ is, type }) => is === 'measure' && numeric.includes(type))
  if (along === undefined || y.length === 0) return undefined
  const told = toldBy(insight, [along.name])
  const drawable = y.filter(({ name }) => told.includes(name))
  return {
    type: along.is === 'time' ? 'line' : 'bar',
    x: along.name,
    y: (drawable.length === 0 ? y : drawable).slice(0, 3).map(({ name }) => name),
  }
}

/** What is drawn along, and which measures. */
interface Drawing {
  readonly type: 'line' | 'bar'
  readonly x: string
  readonly y: readonly string[]
}
