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

/** What is drawn, what there was no room for, and what became of rows that meet in one place. */
export interface Drawn {
  readonly steps: readonly string[]
  readonly series: readonly {
    readonly name: string
    readonly values: readonly (number | null)[]
  }[]
  readonly allSteps: number
  readonly seriesLeftOut: number
  /** Measures of which several rows were put together. */
  readonly together: readonly string[]
  /** Measures that are not drawn, because several rows meet and nothing tells how to put them together. */
  readonly refused: readonly string[]
}

/** How values that meet in one place are put together; a measure without a way cannot be. */
export type Meeting = 'sum' | 'min' | 'max'

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

const put: Readonly<Record<Meeting, (one: number, other: number) => number>> = {
  sum: (one, other) => one + other,
  min: Math.min,
  max: Math.max,
}

/** Puts rows into steps and series: numbers and times in their order, others as they came. Without `wayOf`, values that meet are added up. */
export function draw(
  answer: Answer,
  chart: Chart,
  wayOf: (measure: string) => Meeting | undefined = () => 'sum',
): Drawn {
  const { x, series } = chart
  const typeOf = new Map(answer.columns.map(({ name, type }) => [name, type]))
  const wordOf = (value: unknown, name: string) => formatValue(value, typeOf.get(name)) || '–'
  const rows = inOrder(answer.rows, x, typeOf.get(x))
  const [together, refused] = meetingsIn(rows, chart, wayOf)
  const steps = new Map(rows.map((row) => [idOf(row[x]), wordOf(row[x], x)]))
  const placeOf = new Map([...steps.keys()].map((id, place) => [id, place]))
  const lines = new Map<string, (number | null)[]>()
  for (const measure of chart.y.filter((name) => !refused.includes(name))) {
    const way = put[wayOf(measure) ?? 'sum']
    for (const row of rows) {
      const apart = series === undefined ? undefined : wordOf(row[series], series)
      const name = nameOf(measure, apart, chart.y)
      const line = lines.get(name) ?? []
      lines.set(name, line)
      const value = numberOf(row[measure])
      const place = placeOf.get(idOf(row[x])) ?? 0
      if (value !== null) line[place] = met(line[place] ?? null, value, way)
    }
  }
  const shown = [...steps.values()].slice(0, mostSteps)
  return {
    steps: shown,
    series: [...lines].slice(0, mostSeries).map(([name, line]) => ({
      name,
      values: shown.map((_, i) => line[i] ?? null),
    })),
    allSteps: steps.size,
    seriesLeftOut: Math.max(0, lines.size - mostSeries),
    together,
    refused,
  }
}

const met = (
  before: number | null,
  value: number,
  way: (one: number, other: number) => number,
): number => (before === null ? value : way(before, value))

/** Measures that have several values in one place: those that can be put together, and those that cannot. */
function meetingsIn(
  rows: Answer['rows'],
  { x, y, series }: Chart,
  wayOf: (measure: string) => Meeting | undefined,
): readonly [readonly string[], readonly string[]] {
  const meets = y.filter((measure) => {
    const places = rows
      .filter((row) => numberOf(row[measure]) !== null)
      .map((row) => JSON.stringify([row[x], series === undefined ? null : row[series]]))
    return new Set(places).size < places.length
  })
  return [
    meets.filter((measure) => wayOf(measure) !== undefined),
    meets.filter((measure) => wayOf(measure) === undefined),
  ]
}

function inOrder(rows: Answer['rows'], x: string, type: string | undefined): Answer['rows'] {
  const read = readerOf(type)
  return read === undefined ? rows : rows.toSorted((a, b) => byNumber(read(a[x]), read(b[x])))
}

function readerOf(type = ''): ((cell: unknown) => number | null) | undefined {
  if (numeric.includes(type)) return numberOf
  return type === 'date' || type === 'timestamp' ? timeOf : undefined
}

// What has no number or time comes last.
const byNumber = (one: number | null, other: number | null): number =>
  one === null || other === null ? Number(one === null) - Number(other === null) : one - other

const idOf = (cell: unknown): string => JSON.stringify(cell ?? null)

function timeOf(cell: unknown): number | null {
  const time = Date.parse(String(cell))
  return Number.isNaN(time) ? null : time
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
