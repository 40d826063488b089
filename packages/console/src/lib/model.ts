import { queryOptions } from '@tanstack/react-query'
import type { FieldType } from '@tessera/platform/contract'
import { ask } from './client.ts'

/** A field of a model object. */
export interface ModelFieldFacts {
  readonly type: FieldType
  readonly label?: string
  readonly about?: string
  /** The object whose rows it names. */
  readonly links_to?: string
}

/** Everything that is known of an object of the model. */
export interface ModelObjectFacts {
  readonly key: string
  readonly label: string
  readonly about?: string
  readonly origin: 'standard' | 'custom'
  readonly subject_area: string
  readonly category: string
  readonly time?: string
  readonly fields: Readonly<Record<string, ModelFieldFacts>>
}

/** The whole model, with the names of its subject areas. */
export interface WholeModel {
  readonly subject_areas: Readonly<Record<string, string>>
  readonly objects: readonly ModelObjectFacts[]
}

/** The model with all that it says of its objects. */
export const wholeModelQuery = queryOptions({
  queryKey: ['model'],
  queryFn: ({ signal }) => ask<WholeModel>('/model', { signal }),
  staleTime: 60_000,
})
