import type { Engine } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import {
  acceptConflict,
  type Conflict,
  castConflict,
  conflictsOf,
  fieldsOf,
  refuseConflict,
} from '#lake'
import type { StreamDefinition } from '#streams'
import type { ConflictAnswer, FieldConflict } from './api.ts'
import { arrivalFaults } from './faults.ts'

/** What becomes of values that do not fit their column. */
export type Decision =
  | { readonly kind: 'accept' }
  | { readonly kind: 'cast'; readonly type: Exclude<FieldType, 'json'> }
  | { readonly kind: 'refuse' }

/** The fields of a stream that have values which do not fit, as people see them. */
export async function fieldConflicts(
  engine: Engine,
  stream: string,
): Promise<readonly FieldConflict[]> {
  const [conflicts, fields] = [await conflictsOf(engine, stream), await fieldsOf(engine, stream)]
  return conflicts.map(({ field, expected, found, examples, firstAt, lastAt }) => ({
    field,
    label: fields.find(({ name }) => name === field)?.label ?? field,
    type: expected,
    found: found.map(({ type, count }) => ({
      type,
      count,
      first_at: firstAt,
      last_at: lastAt,
      examples: examplesOf(examples, type),
    })),
  }))
}

const examplesOf = (examples: Conflict['examples'], of: string) =>
  examples.filter(({ type }) => type === of).map(({ value }) => value)

/** Does what was decided about a field, over all that the stream has ever taken. */
export async function decide(
  engine: Engine,
  of: { readonly stream: string; readonly body: StreamDefinition; readonly field: string },
  decision: Decision,
): Promise<ConflictAnswer> {
  const { stream, field } = of
  if (decision.kind === 'refuse') {
    const changed = await refuseConflict(engine, stream, field)
    const say = `${changed} rows of ${stream} were taken out for what stood in ${field}; they are among the rejected records`
    return { changed, left: 0, say }
  }
  const type = decision.kind === 'accept' ? 'text' : decision.type
  refusePinned(of, type)
  if (type !== 'text' && of.body.primary_key?.includes(field))
    throw arrivalFaults.key_field({ stream, field, type })
  const { fit, unfit } =
    decision.kind === 'accept'
      ? await acceptConflict(engine, stream, field)
      : await castConflict(engine, stream, field, { type })
  const rest = unfit === 0 ? 'every value fits now' : `${unfit} values still do not fit`
  return {
    changed: fit,
    left: unfit,
    say: `${field} is ${type} now: ${fit} values went into it, ${rest}`,
  }
}

/** A type that the definition states would be given back at the next look at the source. */
function refusePinned(
  { stream, body, field }: { stream: string; body: StreamDefinition; field: string },
  type: FieldType,
): void {
  const pinned = body.fields?.[field]?.type
  if (pinned !== undefined && pinned !== type)
    throw arrivalFaults.pinned_type({ stream, field, pinned, type })
}
