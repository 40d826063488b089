import type { Route } from '#kernel/route.ts'
import { profileFaults } from './faults.ts'
import type { Profiles } from './profiles.ts'

/**
 * A route about one person, for callers who are kept to one data space: of another space there is nobody. Any other route
 * stays as it is.
 */
export function keptWithin({ spaceOf }: Pick<Profiles, 'spaceOf'>, route: Route): Route {
  if (route.may !== 'read_customers' || !/:(id|profile)\b/.test(route.path)) return route
  return {
    ...route,
    run: async (request) => {
      const { params, caller } = request
      const { id = '', profile = id }: Readonly<Record<string, string>> = params
      if (caller.within !== undefined && (await spaceOf(profile)) !== caller.within)
        throw profileFaults.unknown_profile({ id: profile })
      return route.run(request)
    },
  }
}
