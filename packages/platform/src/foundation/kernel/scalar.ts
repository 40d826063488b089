/** A plain value that users may write in a definition. */
export type Scalar = string | number | boolean | null

/** The types a field may have, from the lake to the profile. */
export const fieldTypes = [
  'text',
  'integer',
  'decimal',
  'number',
  'boolean',
  'date',
  'timestamp',
  'json',
] as const

/** Text; 64-bit integer; exact decimal (18 digits, 4 after the point); double; boolean; day; UTC instant; JSON text. */
export type FieldType = (typeof fieldTypes)[number]

/** Whether values of this type can be added up and compared as amounts. */
export const isNumeric = (type: FieldType): boolean =>
  type === 'integer' || type === 'decimal' || type === 'number'
