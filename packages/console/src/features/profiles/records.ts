import type { FieldType, Profile } from '@tessera/platform/contract'
import type { Cell, ProfileSource } from '../../lib/api-types.ts'

/** One field of all records that are a profile. */
export interface MatrixRow {
  readonly field: string
  readonly label: string
  readonly type: FieldType
  /** By record. Records that say nothing are missing. */
  readonly cells: ReadonlyMap<string, Cell>
  /** The records that say something else than most do. */
  readonly dissenters: ReadonlySet<string>
}

/** The records of a profile turned on their side: a row for each field that any of them fills. */
export function matrixOf(sources: Profile['sources']): MatrixRow[] {
  const named = new Map(sources.flatMap(({ fields }) => fields.map((of) => [of.field, of])))
  return [...named].map(([field, { label, type }]) => {
    const cells = cellsOf(field, sources)
    return { field, label, type, cells, dissenters: dissentersIn(cells) }
  })
}

function cellsOf(field: string, sources: readonly ProfileSource[]): ReadonlyMap<string, Cell> {
  return new Map(
    sources.flatMap(({ record, fields }) =>
      fields.filter((named) => named.field === field).map(({ value }) => [record, value] as const),
    ),
  )
}

function dissentersIn(cells: ReadonlyMap<string, Cell>): ReadonlySet<string> {
  const times = Map.groupBy([...cells.values()], String)
  const [most] = [...times].toSorted(([, a], [, b]) => b.length - a.length)
  return new Set(
    [...cells].filter(([, value]) => String(value) !== most?.[0]).map(([record]) => record),
  )
}
