import type { ModelFieldDefinition } from '../definition.ts'

type Field = ModelFieldDefinition

const said = (about?: string) => (about === undefined ? {} : { about })

export const text = (label: string, about?: string): Field => ({
  type: 'text',
  label,
  ...said(about),
})
export const decimal = (label: string, about?: string): Field => ({
  type: 'decimal',
  label,
  ...said(about),
})
export const integer = (label: string, about?: string): Field => ({
  type: 'integer',
  label,
  ...said(about),
})
export const flag = (label: string, about?: string): Field => ({
  type: 'boolean',
  label,
  ...said(about),
})
export const day = (label: string, about?: string): Field => ({
  type: 'date',
  label,
  ...said(about),
})
export const instant = (label: string, about?: string): Field => ({
  type: 'timestamp',
  label,
  ...said(about),
})

/** A field that holds the id of another object. */
export const link = (
  to: string,
  label: string,
  cardinality: 'many_to_one' | 'one_to_one' = 'many_to_one',
): Field => ({
  type: 'text',
  label,
  links_to: to,
  cardinality,
})

/** What every object has. */
export const common = {
  id: text('Id', 'The key that the source gave'),
  created_at: instant('Created'),
  last_modified_at: instant('Last modified', 'Decides which value is the last updated one'),
} as const
