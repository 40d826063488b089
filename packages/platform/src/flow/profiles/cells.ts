import type { Cell, Row } from '#engine'
import type { ModelObject } from '#model'
import type { RelatedRow } from './api.ts'
import { labelOf, on } from './scene.ts'

/** A value as JSON carries it: whole numbers beyond 2^53 as digits; nothing where there is only blank. */
export function shown(cell: Cell | undefined): string | number | boolean | undefined {
  if (cell === null || cell === undefined) return undefined
  if (typeof cell === 'string') return cell.trim() === '' ? undefined : cell
  if (typeof cell === 'number' || typeof cell === 'boolean') return cell
  return typeof cell === 'bigint' ? String(cell) : JSON.stringify(cell)
}

/** The record that a row of a model object is. */
export const recordOf = (row: Row) => ({
  record: String(row['_key']),
  stream: String(row['_stream']),
  source: String(row['_source']),
  id: String(row['id']),
})

/** The fields of a row that say something. The id stands beside them, and whose the row is needs no telling. */
export const fieldsOf = (object: ModelObject, row: Row): RelatedRow['fields'] =>
  Object.entries(object.fields).flatMap(([field, { links_to, type }]) => {
    const cell = field === 'id' || links_to === on ? undefined : shown(row[field])
    return cell === undefined ? [] : [{ field, label: labelOf(object, field), type, value: cell }]
  })
