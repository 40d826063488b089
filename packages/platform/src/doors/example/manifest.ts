import type { PersonSource } from './error-rates.ts'
import type { FileShape } from './row-file.ts'

/** What was written: the files, and how many of everything there are in them. */
export interface CompanyManifest {
  readonly company: string
  readonly seed: number
  /** The day that everything in the files happened before. */
  readonly asOf: string
  /** How many true persons there are; truth.csv says who is who. */
  readonly people: number
  readonly records: Readonly<Record<PersonSource, number>>
  readonly accounts: number
  readonly products: number
  readonly orders: number
  readonly orderLines: number
  readonly cases: number
  readonly mailEvents: number
  readonly webEvents: number
  readonly files: readonly CompanyFile[]
}

/** One file; its bad rows are not among its rows. */
export interface CompanyFile extends FileShape {
  readonly compression: 'gzip' | null
  readonly rows: number
  readonly badRows: number
}

/** The invented company of the example. */
export const companyName = 'Larkspoke Cycles'
