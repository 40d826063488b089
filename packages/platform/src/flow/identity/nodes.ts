import { fingerprint } from '#definitions'
import type { GraphNode, Outcome, Refresher } from '#graph'
import { type Model, pathTo } from '#model'
import { valueColumns } from './compile.ts'
import type { Ruleset } from './definition.ts'
import type { Identity } from './identity.ts'

/** The kind of the nodes of this room. */
export const identityNodeKind = 'identity'

/** The key of a ruleset's node, which stands for its profiles and for whose each row is. */
export const identityNode = (ruleset: string): string => `identity:${ruleset}`

/** How the node of a model object is called. */
const modelNode = (object: string): string => `model:${object}`

/** Objects whose rows say who is who; when others change, their rows only need their profiles. */
const decisiveObjects = (ruleset: Ruleset, model: Model): readonly string[] => [
  ...new Set([ruleset.on, ...valueColumns(ruleset, model).map(({ object }) => object)]),
]

/**
 * One node per ruleset, made from every model object that it reads or whose rows it gives their profiles. `mapped` names
 * the objects that have nodes: those that some stream fills.
 */
export function identityNodes(
  rulesets: readonly Ruleset[],
  model: Model,
  mapped: ReadonlySet<string>,
): readonly GraphNode[] {
  return rulesets.map((ruleset) => {
    const decisive = decisiveObjects(ruleset, model)
    const inputs = model.objects.filter(
      (object) =>
        decisive.includes(object.key) ||
        (ruleset.on === 'individual' && pathTo(model, object, ruleset.on) !== undefined),
    )
    const shapes = decisive.map((object) => model.find(object)?.fields ?? {})
    return {
      key: identityNode(ruleset.key),
      kind: identityNodeKind,
      label: ruleset.label ?? ruleset.key,
      inputs: inputs.filter(({ key }) => mapped.has(key)).map(({ key }) => modelNode(key)),
      definition: fingerprint([ruleset, shapes]),
      freshness: 'live',
    }
  })
}

/** Brings a ruleset up to date: whole when something says anew who is who, otherwise only whose the new rows are. */
export const refreshIdentity = (tools: {
  readonly identity: Identity
  readonly model: () => Promise<Model>
  readonly rulesets: () => Promise<readonly Ruleset[]>
}): Refresher => {
  return async (node, { scope, from, to, signal, progress }): Promise<Outcome> => {
    const key = node.key.slice(identityNode('').length)
    const ruleset = (await tools.rulesets()).find((one) => one.key === key)
    const decisive = ruleset ? decisiveObjects(ruleset, await tools.model()).map(modelNode) : []
    const isDecided = node.inputs.every(
      (input) => !decisive.includes(input) || from[input] === to[input],
    )
    if (scope === 'changes' && isDecided) {
      const done = await tools.identity.assign(key, { signal, progress })
      return { changed: changedOf(done), counts: { rows_owned: done.rows_owned } }
    }
    const done = await tools.identity.run(key, { signal, progress })
    const { records, profiles, created, merged, split, retired, rows_owned } = done
    return {
      changed: changedOf(done),
      counts: { records, profiles, created, merged, split, retired, rows_owned },
    }
  }
}

const changedOf = (done: {
  readonly changed: boolean
  readonly profiles_changed: readonly string[] | 'all'
}): Outcome['changed'] => (done.changed ? done.profiles_changed : 'nothing')
