import type { QueryAnswer } from '@tessera/platform/contract'
import { isBody } from './body.ts'
import { formatValue } from './format.ts'

/** How an answer is drawn. */
export interface Chart {
  readonly type: 'bar' | 'line'
  /** The column along the chart. */
  readonly x: string
  /** The columns that are measured. */
  readonly y: readonly string[]
  /** The column whose values stand apart. */
  readonly series?: string
}

/** What is drawn, and what there was no room for. */
export interface Drawn {
  readonly steps: readonly string[]
  readonly series: readonly {
    readonly name: string
    readonly values: readonly (number | null)[]
  }[]
  readonly allSteps: number
  readonly seriesLeftOut: number
}

type Answer = Pick<QueryAnswer, 'columns' | 'rows'>

const numeric: readonly string[] = ['integer', 'decimal', 'number']

/** The columns that can be measured. */
export const measuresIn = ({ columns }: Pick<Answer, 'columns'>): readonly string[] =>
  columns.filter(({ type }) => numeric.includes(type)).map(({ name }) => name)

/** How an answer is drawn unless somebody says: its first column that is no number, or the first of all, along the numbers. */
export function usualChart(answer: Pick<Answer, 'columns'>): Chart | undefined {
  const measures = measuresIn(answer)
  const { columns } = answer
  const along = columns.find(({ type }) => !numeric.includes(type)) ?? columns[0]
  const y = measures.filter((name) => name !== along?.name)
  if (along === undefined || y.length === 0) return undefined
  const isTime = along.type === 'date' || along.type === 'timestamp'
  return { type: isTime ? 'line' : 'bar', x: along.name, y: y.slice(0, 3) }
}

/** The chart that a saved question or an address speaks of, with the columns that the answer really has. */
export function chartFor(answer: Pick<Answer, 'columns'>, wish: unknown): Chart | undefined {
  const usual = usualChart(answer)
  if (!isBody(wish)) return usual
  const names = answer.columns.map(({ name }) => name)
  const known = (name: unknown): name is string => typeof name === 'string' && names.includes(name)
  const measures = measuresIn(answer)
  const y = Array.isArray(wish['y'])
    ? wish['y'].filter((name) => known(name) && measures.includes(name))
    : []
  const x = known(wish['x']) ? wish['x'] : usual?.x
  if (x === undefined || y.length === 0) return usual
  return {
    type: wish['type'] === 'line' ? 'line' : 'bar',
    x,
    y,
    ...(known(wish['series']) ? { series: wish['series'] } : {}),
  }
}

const mostSteps = 400
const mostSeries = 12

/** Puts rows into steps and series, in the order in which they came; values that meet in one place are added up. */
export function draw({ columns, rows }: Answer, { x, y, series }: Chart): Drawn {
  const typeOf = new Map(columns.map(({ name, type }) => [name, type]))
  const wordOf = (row: Answer['rows'][number], name: string) =>
    formatValue(row[name], typeOf.get(name)) || '–'
  const places = new Map<string, number>()
  const lines = new Map<string, (number | null)[]>()
  for (const row of rows) {
    const step = wordOf(row, x)
    if (!places.has(step)) places.set(step, places.size)
    const place = places.get(step) ?? 0
    for (const measure of y) {
      const value = numberOf(row[measure])
      const name = nameOf(measure, series === undefined ? undefined : wordOf(row, series), y)
      const line = lines.get(name) ?? []
      lines.set(name, line)
      if (value !== null) line[place] = (line[place] ?? 0) + value
    }
  }
  const steps = [...places.keys()]
  const shown = steps.slice(0, mostSteps)
  return {
    steps: shown,
    series: [...lines].slice(0, mostSeries).map(([name, line]) => ({
      name,
      values: shown.map((_, i) => line[i] ?? null),
    })),
    allSteps: steps.length,
    seriesLeftOut: Math.max(0, lines.size - mostSeries),
  }
}

function nameOf(measure: string, apart: string | undefined, y: readonly string[]): string {
  if (apart === undefined) return measure
  return y.length === 1 ? apart : `${apart}: ${measure}`
}

// Decimals and large integers come as text, so that no digit is lost.
function numberOf(cell: unknown): number | null {
  if (cell === null || cell === undefined || cell === '') return null
  const number = Number(cell)
  return Number.isFinite(number) ? number : null
}
