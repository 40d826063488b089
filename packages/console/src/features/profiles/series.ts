import type { InsightValues } from '@tessera/platform/contract'

/** How one measure of an insight went over time. */
export interface Series {
  readonly name: string
  readonly values: readonly number[]
}

type Row = InsightValues['rows'][number]

const isDay = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d(T|$)/.test(value)

/** The measures of an insight as they went over time; nothing unless each row is of another time, and of nothing else. */
export function seriesOf(rows: readonly Row[]): readonly Series[] {
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'profile_id')
  const time = names.find((name) => rows.every((row) => isDay(row[name])))
  if (time === undefined || rows.length < 3) return []
  if (new Set(rows.map((row) => row[time])).size < rows.length) return []
  const inOrder = rows.toSorted((a, b) => String(a[time]).localeCompare(String(b[time])))
  return names
    .filter((name) => inOrder.every((row) => isNumber(row[name])))
    .map((name) => ({ name, values: inOrder.map((row) => Number(row[name])) }))
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
