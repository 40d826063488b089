import type { Catalogue } from '#definitions'
import type { Resolver } from '#resolver'

/** What asking for profiles needs. */
export interface ProfileTools {
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly catalogue: () => Promise<Catalogue>
  readonly now: () => number
}

const mostKnown = 50_000
const knownMs = 30_000

/**
 * Asks the resolver for the profile of whom events of a stream call so; remembered for half a minute. Where nobody can tell, nobody
 * is named.
 */
export function makeProfileOf({ resolver, catalogue, now }: ProfileTools) {
  const known = new Map<
    string,
    { readonly until: number; readonly profile: Promise<string | undefined> }
  >()
  const ask = async (stream: string, id: string): Promise<string | undefined> => {
    const all = await catalogue()
    const ruleset = all.list<{ on: string }>('ruleset').find(({ body }) => body.on === 'individual')
    const mapping = all
      .list<{ stream: string; qualifier: string }>('mapping')
      .find(({ body }) => body.stream === stream)
    if (!ruleset || !mapping) return undefined
    const record = { source: mapping.body.qualifier, id }
    const rows = { individual: [{ id }] }
    const found = await resolver.resolve(ruleset.key, { rows, record }).catch(() => undefined)
    return found?.state === 'known' ? found.profile : undefined
  }
  return (stream: string, id: string): Promise<string | undefined> => {
    const name = JSON.stringify([stream, id])
    const found = known.get(name)
    if (found && found.until > now()) return found.profile
    if (known.size >= mostKnown) known.clear()
    const profile = ask(stream, id)
    known.set(name, { until: now() + knownMs, profile })
    return profile
  }
}
