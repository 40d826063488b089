import { fingerprint } from '#definitions'
import type { GraphNode, Outcome, Refresher } from '#graph'
import { type Model, pathTo } from '#model'
import type { AskedRuns } from './asked-runs.ts'
import { decisiveObjects } from './changed.ts'
import { type Ruleset, type Subject, subjects } from './definition.ts'
import type { Identity } from './identity.ts'

/** The kind of the nodes of this room. */
export const identityNodeKind = 'identity'

/** The key of the node that stands for the profiles of a subject, and for whose each row is. */
export const identityNode = (on: Subject): string => `unified:${on}`

/** How the node of a model object is called. */
const modelNode = (object: string): string => `model:${object}`

/**
 * One node per ruleset, made from every model object that it reads or whose rows it gives their profiles. `mapped` names
 * the objects that have nodes: those that some stream fills. Without a ruleset people have a node all the same, for what is
 * made from them: nobody is in it, and whoever was is retired. `positions` tells when what is unified last changed. A decision
 * changes what the node is made by, as a rule would: so it is stale until a whole run has heeded it.
 */
export function identityNodes(
  rulesets: readonly Ruleset[],
  model: Model,
  of: {
    readonly mapped: ReadonlySet<string>
    readonly positions: ReadonlyMap<Subject, number>
    /** How many decisions and withdrawals there have been. */
    readonly decided?: ReadonlyMap<string, number>
  },
): readonly GraphNode[] {
  const nodes = rulesets.map((ruleset): GraphNode => {
    const decisive = decisiveObjects(ruleset, model)
    const inputs = model.objects.filter(
      (object) =>
        decisive.includes(object.key) ||
        (ruleset.on === 'individual' && pathTo(model, object, ruleset.on) !== undefined),
    )
    const decided = of.decided?.get(ruleset.on) ?? 0
    const shapes = decisive.map((object) => model.find(object)?.fields ?? {})
    return {
      key: identityNode(ruleset.on),
      kind: identityNodeKind,
      label: ruleset.label ?? ruleset.key,
      inputs: inputs.filter(({ key }) => of.mapped.has(key)).map(({ key }) => modelNode(key)),
      definition: `${fingerprint([briefly(ruleset), shapes])}${decided === 0 ? '' : `#${decided}`}`,
      amended: 'decisions were taken or withdrawn',
      freshness: 'live',
      position: of.positions.get(ruleset.on) ?? 0,
    }
  })
  const without = subjects.filter((on) => !rulesets.some((ruleset) => ruleset.on === on))
  return [...without.flatMap((on) => nobody(on, of.positions.get(on) ?? 0)), ...nodes]
}

// What a model has learned is large; when it did tells which lesson it is.
const briefly = ({ matcher, ...ruleset }: Ruleset): unknown =>
  matcher
    ? { ...ruleset, matcher: [matcher.key, matcher.trained?.at, matcher.learned?.prior] }
    : ruleset

const names: Readonly<Record<Subject, string>> = { individual: 'People', account: 'Accounts' }

/** A subject that no ruleset unifies. When one did, its profiles are still to be retired. */
function nobody(on: Subject, position: number): readonly GraphNode[] {
  if (position === 0 && on !== 'individual') return []
  return [
    {
      key: identityNode(on),
      kind: identityNodeKind,
      label: `${names[on]} (no ruleset)`,
      inputs: [],
      definition: '',
      freshness: position === 0 ? 'by itself' : 'live',
      position,
    },
  ]
}

/** Brings a ruleset up to date: whole when something says anew who is who, otherwise only whose the new rows are. */
export const refreshIdentity = (tools: {
  readonly identity: Identity
  readonly model: () => Promise<Model>
  readonly rulesets: () => Promise<readonly Ruleset[]>
  /** What somebody asked for of a ruleset, if anybody did. */
  readonly asked?: AskedRuns['asked']
}): Refresher => {
  return async (node, { scope, from, to, signal, progress }): Promise<Outcome> => {
    const ruleset = (await tools.rulesets()).find(({ on }) => identityNode(on) === node.key)
    if (!ruleset) return retire(tools.identity, node)
    const { key } = ruleset
    const decisive = decisiveObjects(ruleset, await tools.model()).map(modelNode)
    const isDecided = node.inputs.every(
      (input) => !decisive.includes(input) || from[input] === to[input],
    )
    const asked = tools.asked?.(key)
    if (scope === 'changes' && isDecided && !asked) {
      const done = await tools.identity.assign(key, { signal, progress })
      return {
        changed: changedOf(done),
        position: done.position,
        counts: { rows_owned: done.rows_owned },
      }
    }
    const { full = false, confirmed = false } = asked ?? {}
    const done = await tools.identity.run(key, { signal, progress, full, confirmed })
    const { profiles_changed, ...run } = done
    asked?.done(run)
    const { records, profiles, created, merged, split, retired, rows_owned } = run
    return {
      changed: changedOf({ profiles_changed }),
      position: run.position,
      counts: { records, profiles, created, merged, split, retired, rows_owned },
    }
  }
}

async function retire(identity: Identity, node: GraphNode): Promise<Outcome> {
  const on = subjects.find((subject) => identityNode(subject) === node.key)
  if (!on) throw new Error(`${node.key} stands for nobody`)
  const { position, profiles } = await identity.retireAll(on)
  return { changed: profiles === 0 ? 'nothing' : 'all', position, counts: { retired: profiles } }
}

// Evidence or search terms alone change nobody: what is made from profiles need not be made again.
const changedOf = (done: {
  readonly profiles_changed: readonly string[] | 'all'
}): Outcome['changed'] => (done.profiles_changed.length === 0 ? 'nothing' : done.profiles_changed)
