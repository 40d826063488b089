import { textIn } from '../../lib/address.ts'

/** What the address of the guide keeps: how far one has come. */
export interface StartAddress {
  /** The stream that the file became. */
  readonly stream?: string
  /** The run that takes it through the flow. */
  readonly job?: string
  readonly segment?: string
  readonly activation?: string
}

const names = ['stream', 'job', 'segment', 'activation'] as const

/** Reads the address of the guide. */
export const readStartAddress = (words: Readonly<Record<string, unknown>>): StartAddress =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = textIn(words, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
