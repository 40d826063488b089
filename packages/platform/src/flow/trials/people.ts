import { Fault } from '#kernel/fault.ts'
import type { House } from './house.ts'

/** Finds people by what a test calls them, and calls them so again. */
export interface People {
  /** The profile of somebody; why there is none, or more than one. */
  readonly find: (who: string) => Promise<{ readonly profile: string } | { readonly why: string }>
  /** What a profile is called: as the test does, or by e-mail address, name or id. */
  readonly nameOf: (profile: string) => Promise<string>
}

/** The people of a house, as they are at the moment: made anew after every refresh. */
export function peopleOf({ rooms }: Pick<House, 'rooms'>): People {
  const called = new Map<string, string>()
  return {
    find: async (who) => {
      try {
        const { profile, candidates } = await rooms.profiles.who(who)
        if (!profile) return { why: `"${who}" can mean ${candidates.length} people` }
        if (!called.has(profile.id)) called.set(profile.id, who)
        return { profile: profile.id }
      } catch (thrown) {
        if (thrown instanceof Fault)
          return { why: thrown.problems.map(({ say }) => say).join('; ') }
        throw thrown
      }
    },
    nameOf: async (profile) => {
      const known = called.get(profile)
      if (known !== undefined) return known
      const { profiles } = await rooms.profiles.search(profile)
      const found = profiles.find(({ id }) => id === profile)
      return found?.emails[0] ?? (found?.name || undefined) ?? `profile ${profile}`
    },
  }
}
