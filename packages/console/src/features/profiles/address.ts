import { textIn, wordIn } from '../../lib/address.ts'

/** What the address of the search for customers keeps. */
export interface CustomersAddress {
  readonly q?: string
}

/** Reads the address of the search for customers. */
export function readCustomersAddress(words: Readonly<Record<string, unknown>>): CustomersAddress {
  const q = textIn(words, 'q')
  return q === undefined ? {} : { q }
}

/** The parts of the page of one customer. */
export const customerTabs = ['overview', 'records', 'history'] as const

/** What the address of one customer keeps: the part that is open, and which events are shown. */
export interface CustomerAddress {
  readonly tab?: (typeof customerTabs)[number]
  readonly kind?: string
}

/** Reads the address of one customer. */
export function readCustomerAddress(words: Readonly<Record<string, unknown>>): CustomerAddress {
  const tab = wordIn(words, 'tab', customerTabs)
  const kind = textIn(words, 'kind')
  return { ...(tab === undefined ? {} : { tab }), ...(kind === undefined ? {} : { kind }) }
}
