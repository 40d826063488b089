import { type Catalogue, fingerprint } from '#definitions'
import type { GraphNode, Refresher } from '#graph'
import type { Actions } from './actions.ts'
import { isEnabled, type Trigger, watchesOf } from './definition.ts'
import { actionsIn } from './kinds.ts'

const kind = 'action'

/** Actions as nodes of the graph: the set lane looks when what they watch has changed. */
export const nodesOfActions = (all: Catalogue): readonly GraphNode[] =>
  actionsIn(all)
    .filter(isEnabled)
    .map((action) => ({
      key: `${kind}:${action.key}`,
      kind,
      label: action.body.label ?? action.key,
      inputs: [...new Set(watchesOf(action).map(({ when }) => inputOf(when)))],
      definition: fingerprint(watchesOf(action).map(({ when }) => when)),
      freshness: 'live',
    }))

function inputOf(when: Trigger): string {
  if ('event' in when) return `stream:${when.event}`
  if ('segment' in when) return `segment:${when.segment}`
  return 'row' in when ? `model:${when.row}` : `insight:${when.insight}`
}

/** Refreshes nodes of kind `action`: the set lane looks at what came, and deliveries begin. */
export const refresherOfActions = (actions: Pick<Actions, 'look'>): Refresher =>
  async function lookForAction({ key }, { signal }) {
    const { fired, denied } = await actions.look(key.slice(kind.length + 1), signal)
    return { changed: fired + denied > 0 ? 'all' : 'nothing', counts: { fired, denied } }
  }
