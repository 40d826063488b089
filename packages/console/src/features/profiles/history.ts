import type { ProfileChange } from '../../lib/api-types.ts'
import { texts } from '../../lib/texts.ts'
import type { IconName } from '../../ui/icons.tsx'

const words = texts.customers.history

/** What happened to a profile, seen from itself: in words, and with which other profile. */
export interface Told {
  readonly say: string
  readonly icon: IconName
  readonly other?: string
}

/** Tells a change from the side of the profile one looks at. */
export function tell({ kind, profile, other }: ProfileChange, seenFrom: string): Told {
  if (kind === 'merged' && other === seenFrom)
    return { say: words.mergedHere, icon: 'merge', other: profile }
  if (kind === 'merged')
    return { say: words.mergedThere, icon: 'merge', ...(other === undefined ? {} : { other }) }
  if (kind === 'split' && other === seenFrom)
    return { say: words.splitOff, icon: 'split', other: profile }
  if (kind === 'split')
    return { say: words.splitFrom, icon: 'split', ...(other === undefined ? {} : { other }) }
  if (kind === 'retired') return { say: words.retired, icon: 'close' }
  if (kind === 'members') return { say: words.members, icon: 'file' }
  return { say: words.created, icon: 'people' }
}
