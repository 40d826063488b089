import { textIn, wordIn } from '../../lib/address.ts'

const identifiers = ['who', 'email', 'phone', 'country', 'record'] as const

/**
 * What the address of the search for customers keeps: a text that is searched for, or one identifier that leads straight to
 * the customer, for links out of other tools.
 */
export type CustomersAddress = { readonly [name in 'q' | (typeof identifiers)[number]]?: string }

/** Reads the address of the search for customers. */
export function readCustomersAddress(words: Readonly<Record<string, unknown>>): CustomersAddress {
  const named = (['q', ...identifiers] as const).map((name) => [name, textIn(words, name)])
  return Object.fromEntries(named.filter(([, value]) => value !== undefined))
}

/** Whether an address names somebody, instead of searching. */
export const namesSomebody = ({ who, email, phone, record }: CustomersAddress): boolean =>
  [who, email, phone, record].some((value) => value !== undefined)

/** The parts of the page of one customer. */
export const customerTabs = ['overview', 'live', 'relations', 'records', 'history'] as const
/** One of them. */
export type CustomerTab = (typeof customerTabs)[number]

/** What the address of one customer keeps: the part that is open, and which events are shown. */
export interface CustomerAddress {
  readonly tab?: CustomerTab
  readonly kind?: string
}

/** Reads the address of one customer. */
export function readCustomerAddress(words: Readonly<Record<string, unknown>>): CustomerAddress {
  const tab = wordIn(words, 'tab', customerTabs)
  const kind = textIn(words, 'kind')
  return { ...(tab === undefined ? {} : { tab }), ...(kind === undefined ? {} : { kind }) }
}
