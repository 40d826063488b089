import type { Problem } from '#kernel/fault.ts'
import { ingestFaults } from '../faults.ts'
import type { IngestField } from '../object.ts'

/** The shape of one object, as its sender declares it. */
export interface ObjectSchema {
  readonly name: string
  readonly fields: readonly IngestField[]
}

/** One thing that is wrong with a declared shape. */
export const schemaProblem = (at: string, why: string): Problem => ({
  code: ingestFaults.bad_schema.code,
  at,
  say: why,
})

/** Names as they are compared. */
export const folded = (name: string): string => name.toLowerCase()
