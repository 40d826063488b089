import { textIn } from '../../lib/address.ts'

/** What the address of the flow keeps: the node that is looked at. */
export interface FlowAddress {
  readonly node?: string
}

/** Reads the address of the flow. */
export function readFlowAddress(words: Readonly<Record<string, unknown>>): FlowAddress {
  const node = textIn(words, 'node')
  return node === undefined ? {} : { node }
}
