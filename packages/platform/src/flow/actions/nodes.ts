import { type Catalogue, fingerprint } from '#definitions'
import type { GraphNode, Refresher } from '#graph'
import { identityNode, rulesetsIn } from '#identity'
import type { Actions } from './actions.ts'
import { isEnabled, type Trigger, watchesOf } from './definition.ts'
import { actionsIn } from './kinds.ts'

const kind = 'action'

/** Actions as nodes of the graph: the set lane looks when what they watch has changed. */
export function nodesOfActions(all: Catalogue): readonly GraphNode[] {
  const there = nodesThere(all)
  return actionsIn(all)
    .filter(isEnabled)
    .map((action) => ({
      key: `${kind}:${action.key}`,
      kind,
      label: action.body.label ?? action.key,
      inputs: [...new Set(watchesOf(action).map(({ when }) => inputOf(when)))].filter(there),
      definition: fingerprint(watchesOf(action).map(({ when }) => when)),
      freshness: 'live',
    }))
}

function inputOf(when: Trigger): string {
  if ('event' in when) return `stream:${when.event}`
  if ('segment' in when) return `segment:${when.segment}`
  if ('profile' in when) return identityNode(when.on ?? 'individual')
  return 'row' in when ? `model:${when.row}` : `insight:${when.insight}`
}

/** Whether the graph has what a trigger watches: objects that no mapping fills, and accounts that nobody unifies, have no node. */
function nodesThere(all: Catalogue): (node: string) => boolean {
  const mapped = all
    .list<{ objects: readonly { object: string }[] }>('mapping')
    .flatMap(({ body }) => body.objects.map(({ object }) => `model:${object}`))
  const unified = rulesetsIn(all).map(({ on }) => identityNode(on))
  const there = new Set([...mapped, ...unified, identityNode('individual')])
  return (node) => there.has(node) || !/^(model|unified):/.test(node)
}

/** Refreshes nodes of kind `action`: the set lane looks at what came, and deliveries begin. */
export const refresherOfActions = (actions: Pick<Actions, 'look'>): Refresher =>
  async function lookForAction({ key }, { signal }) {
    const { fired, denied } = await actions.look(key.slice(kind.length + 1), signal)
    return { changed: fired + denied > 0 ? 'all' : 'nothing', counts: { fired, denied } }
  }
