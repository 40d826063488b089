import { type Filling, formulaOf, type MappingBody, type MappingTarget } from '../../lib/mapping.ts'

/** Puts a formula to a field of one target; an empty one takes the field away. What else was said of the field stays. */
export function withFormula(
  draft: MappingBody,
  at: { readonly target: number; readonly field: string },
  formula: string,
): MappingBody {
  return changed(draft, at.target, (target) => {
    if (formula === '') return { ...target, fields: without(target.fields, at.field) }
    const was = target.fields[at.field]
    const filling: Filling = typeof was === 'object' ? { ...was, value: formula } : formula
    return { ...target, fields: { ...target.fields, [at.field]: filling } }
  })
}

/** Takes a field away from a target. */
export const withoutField = (
  draft: MappingBody,
  at: { readonly target: number; readonly field: string },
): MappingBody =>
  changed(draft, at.target, (target) => ({ ...target, fields: without(target.fields, at.field) }))

/** Sets which rows fill a target; without a condition, all do. */
export const withWhere = (draft: MappingBody, target: number, where: string): MappingBody =>
  changed(draft, target, ({ where: _, ...rest }) => (where === '' ? rest : { ...rest, where }))

/** Sets the list of whose items there is one row each; without one, each row of the stream is one. */
export const withEach = (draft: MappingBody, target: number, each: string): MappingBody =>
  changed(draft, target, ({ each: _, ...rest }) => (each === '' ? rest : { ...rest, each }))

/** Fills one more object; its key is taken from those that are filled already. */
export function withTarget(draft: MappingBody, object: string, key: string): MappingBody {
  const known = draft.objects[0]?.fields['id']
  const fields = { id: known === undefined ? key : formulaOf(known) }
  return { ...draft, objects: [...draft.objects, { object, fields }] }
}

/** Fills one object less. */
export const withoutTarget = (draft: MappingBody, target: number): MappingBody => ({
  ...draft,
  objects: draft.objects.filter((_, i) => i !== target),
})

function changed(
  draft: MappingBody,
  target: number,
  change: (of: MappingTarget) => MappingTarget,
): MappingBody {
  return { ...draft, objects: draft.objects.map((of, i) => (i === target ? change(of) : of)) }
}

const without = (fields: MappingTarget['fields'], name: string): MappingTarget['fields'] =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name))

/** What is wrong with one field of a target, of all that is wrong: its sentences. */
export function problemsAt(
  problems: readonly { readonly at: string; readonly say: string }[],
  place: string,
): readonly string[] {
  return problems
    .filter(({ at }) => at === place || at.startsWith(`${place}.line `))
    .map(({ say }) => say)
}
