import { type Catalogue, fingerprint } from '#definitions'
import type { GraphNode, Refresher } from '#graph'
import type { Activations } from './activations.ts'
import { type ActivationBody, measureOf } from './definition.ts'
import { activationName } from './kinds.ts'

const kind = 'activation'

/** Activations as nodes of the graph: made from their segment and the insights they send. */
export const nodesOfActivations = (all: Catalogue): readonly GraphNode[] =>
  all.list(activationName).map(({ key, body }) => ({
    key: `${kind}:${key}`,
    kind,
    label: body.label ?? key,
    inputs: inputsOf(body),
    definition: fingerprint(body),
    freshness: 'live',
  }))

function inputsOf({ segment, attributes, send }: ActivationBody): readonly string[] {
  const insights = attributes.flatMap((attribute) =>
    'insight' in attribute ? [`insight:${measureOf(attribute).insight}`] : [],
  )
  // Who is sent whole is sent again when what is known of them has changed.
  const people = send === 'everything' ? ['unified:individual'] : []
  return [`segment:${segment}`, ...people, ...new Set(insights)]
}

/** Refreshes nodes of kind `activation`: what is new is queued, and delivered afterwards. */
export const refresherOfActivations = (activations: Pick<Activations, 'refresh'>): Refresher =>
  async function refreshActivation({ key }, { signal }) {
    const { position, changed, counts } = await activations.refresh(
      key.slice(kind.length + 1),
      signal,
    )
    return { position, changed: changed ? 'all' : [], counts }
  }
