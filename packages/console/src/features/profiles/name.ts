import type { Profile } from '@tessera/platform/contract'
import { texts } from '../../lib/texts.ts'

/** What a customer is called, once they are known. */
export function nameOf(profile: Profile | undefined): string | undefined {
  if (profile === undefined) return undefined
  return profile.name === '' ? texts.customers.nameless : profile.name
}
