import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { usualChannels } from './definition.ts'
import { consentFaults } from './faults.ts'

/** Tells of a channel that looks like a usual one that is misspelt. */
export function oddChannel(channel: string, at: string): readonly Problem[] {
  if (usualChannels.some((one) => one === channel)) return []
  const near = didYouMean(channel, usualChannels)
  return near === '' ? [] : consentFaults.odd_channel({ channel, near }, { at }).problems
}
