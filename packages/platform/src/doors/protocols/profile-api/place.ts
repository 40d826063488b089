/** What is asked of a profile. */
export const resources = ['traits', 'events', 'external_ids', 'metadata', 'links'] as const
export type Resource = (typeof resources)[number]

/** What an address asks for. */
export interface Place {
  readonly space: string
  readonly collection: 'users' | 'accounts'
  readonly identifier: string
  readonly resource: Resource
}

const address =
  /^\/v1\/spaces\/([^/]+)\/collections\/(users|accounts)\/profiles\/([^/]+)\/([a-z_]+)\/?$/

/** Reads an address; nothing when it is not of this wire. */
export function placeOf(path: string): Place | undefined {
  const [, space, collection, identifier, last] = address.exec(path) ?? []
  const resource = resources.find((one) => one === last)
  if (space === undefined || identifier === undefined || resource === undefined) return undefined
  return {
    space: decoded(space),
    collection: collection === 'accounts' ? 'accounts' : 'users',
    identifier: decoded(identifier),
    resource,
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
