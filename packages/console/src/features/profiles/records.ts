import type { SourceRecord, SourceRecords } from '../../lib/api-types.ts'

/** Fields that at least one record fills; the others only take room. */
export const filledFields = ({ fields, records }: SourceRecords): SourceRecords['fields'] =>
  fields.filter(({ name }) => records.some(({ values }) => isFilled(values[name])))

/** Whether the records disagree about a field. */
export function disagree(name: string, records: readonly SourceRecord[]): boolean {
  const said = records
    .map(({ values }) => values[name])
    .filter(isFilled)
    .map(String)
  return new Set(said).size > 1
}

const isFilled = (value: unknown): boolean => value !== null && value !== undefined && value !== ''
