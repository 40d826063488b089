import type { SourceRecord, SourceRecords } from '../../lib/api-types.ts'

/** Fields that at least one record fills; the others only take room. */
export const filledFields = ({ fields, records }: SourceRecords): SourceRecords['fields'] =>
  fields.filter(({ name }) => records.some(({ values }) => isFilled(values[name])))

/** The records that say something else about a field than most do. Keys differ by nature and are not compared. */
export function dissenters(name: string, records: readonly SourceRecord[]): ReadonlySet<string> {
  if (name === 'id') return new Set()
  const saying = records.filter(({ values }) => isFilled(values[name]))
  const times = new Map<string, number>()
  for (const { values } of saying) {
    const said = String(values[name])
    times.set(said, (times.get(said) ?? 0) + 1)
  }
  const [most] = [...times].toSorted(([, a], [, b]) => b - a)
  return new Set(
    saying.filter(({ values }) => String(values[name]) !== most?.[0]).map(({ record }) => record),
  )
}

const isFilled = (value: unknown): boolean => value !== null && value !== undefined && value !== ''
