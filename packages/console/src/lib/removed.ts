import { makeCell } from './cell.ts'

/** A definition that was removed a moment ago, and the change that did it, so that it can be taken back. */
export interface Removed {
  readonly kind: string
  readonly name: string
  readonly change: number
}

/** What was removed last; nothing once it was taken back or put aside. */
export const lastRemoved = makeCell<Removed | undefined>(undefined)
