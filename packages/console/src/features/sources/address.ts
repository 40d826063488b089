import { textIn } from '../../lib/address.ts'

/** What the address of the guide keeps: the connector that was chosen. */
export interface ConnectAddress {
  readonly connector?: string
}

/** Reads the address of the guide that connects a system. */
export function readConnectAddress(words: Readonly<Record<string, unknown>>): ConnectAddress {
  const connector = textIn(words, 'connector')
  return connector === undefined ? {} : { connector }
}
