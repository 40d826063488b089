import type { DefinitionAnswer, GraphNode } from '@tessera/platform/contract'
import { isBody } from './body.ts'

// Profiles are made by rulesets, and looked at among the customers; all others have a page for each.
const rooms: Readonly<Record<string, string>> = {
  stream: '/streams',
  model: '/model',
  insight: '/insights',
  segment: '/segments',
  activation: '/activations',
}

/** The address of the page of something in the flow; nothing where there is none. */
export function nodePage(
  { key }: Pick<GraphNode, 'key'>,
  rulesets: readonly Pick<DefinitionAnswer, 'key' | 'body'>[],
): string | undefined {
  const [kind = '', name = ''] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
  if (kind === 'unified') {
    const ruleset = rulesets.find(({ body }) => isBody(body) && body['on'] === name)
    return ruleset ? `/identity/${encodeURIComponent(ruleset.key)}` : '/identity'
  }
  const room = rooms[kind]
  return room === undefined ? undefined : `${room}/${encodeURIComponent(name)}`
}
