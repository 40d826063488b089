/** What an address of this wire is for. */
export type Route =
  | { readonly kind: 'messages'; readonly type?: string }
  | { readonly kind: 'pixel'; readonly type: string; readonly form: 'data' | 'query' }
  | { readonly kind: 'settings' | 'script'; readonly writeKey: string }
  | { readonly kind: 'source config' | 'measurements' }

const types = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const

const fixed: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...types.flatMap((type): [string, Route][] => [
    [`/v1/${type}`, { kind: 'messages', type }],
    [`/v1/${type.charAt(0)}`, { kind: 'messages', type }],
    [`/api/s/${type}`, { kind: 'messages', type }],
    [`/api/s/s2s/${type}`, { kind: 'messages', type }],
    [`/v1/pixel/${type}`, { kind: 'pixel', type, form: 'data' }],
  ]),
  ['/pixel/v1/track', { kind: 'pixel', type: 'track', form: 'query' }],
  ['/pixel/v1/page', { kind: 'pixel', type: 'page', form: 'query' }],
  ['/v1/batch', { kind: 'messages' }],
  ['/v1/b', { kind: 'messages' }],
  ['/v1/events', { kind: 'messages' }],
  ['/v1/import', { kind: 'messages' }],
  ['/v1/merge', { kind: 'messages', type: 'merge' }],
  ['/beacon/v1/batch', { kind: 'messages' }],
  ['/api/s/event', { kind: 'messages' }],
  ['/api/s/s2s/event', { kind: 'messages' }],
  ['/v1/m', { kind: 'measurements' }],
  ['/sourceConfig', { kind: 'source config' }],
])

/** What an address is for; nothing when it is not of this wire. Clients add a slash or leave it out. */
export function routeOf(path: string): Route | undefined {
  const known = fixed.get(path)
  if (known) return known
  if (path.length > 1 && path.endsWith('/')) return routeOf(path.slice(0, -1))
  return routeWithKey(path)
}

function routeWithKey(path: string): Route | undefined {
  const [, first, second, third, fourth, ...rest] = path.split('/')
  if (rest.length > 0) return undefined
  if (first === 'v1' && second === 'projects' && fourth === 'settings')
    return { kind: 'settings', writeKey: keyFrom(third) }
  if (first === 'analytics.js' && second === 'v1' && fourth === 'analytics.min.js')
    return { kind: 'script', writeKey: keyFrom(third) }
  return undefined
}

function keyFrom(part = ''): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
