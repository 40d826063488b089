import { textIn } from '../../lib/address.ts'

/** What the address of the list of segments keeps. */
export interface SegmentsAddress {
  readonly q?: string
}

/** Reads the address of the list of segments. */
export function readSegmentsAddress(words: Readonly<Record<string, unknown>>): SegmentsAddress {
  const q = textIn(words, 'q')
  return q === undefined ? {} : { q }
}
