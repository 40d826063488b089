import type { Item } from '#collect'
import type { WebhookSettings } from '#connectors/definition'
import { isDeep, usualDepth, withoutDepth } from '#wire'
import { webhookFaults } from './faults.ts'

type Members = Readonly<Record<string, unknown>>

/** The records of a body, each with what tells its repetition. */
export function itemsOf(
  body: unknown,
  { records, id }: Pick<WebhookSettings, 'records' | 'id'>,
  of: { readonly receivedAt: Date; readonly delivery: string | undefined },
): readonly Item[] {
  const found = records === undefined ? asList(body) : at(body, records)
  if (!Array.isArray(found)) {
    throw webhookFaults.no_records({ path: records ?? '', found: wordFor(found) })
  }
  return found.map((record: unknown, i) => {
    const told = id === undefined ? undefined : textOf(at(record, id))
    const ofDelivery = of.delivery === undefined ? undefined : `${of.delivery} ${i}`
    const isTooDeep = isDeep(record, usualDepth)
    const kept = isTooDeep ? withoutDepth(record, usualDepth) : record
    return {
      id: told ?? ofDelivery,
      value: {
        ...withoutOurs(isMembers(kept) ? kept : { value: kept }),
        receivedAt: of.receivedAt.toISOString(),
      },
      ...(isTooDeep ? { refused: `it is nested deeper than ${usualDepth} levels` } : {}),
    }
  })
}

// Many senders post a list of what has happened, and nothing around it.
const asList = (body: unknown): readonly unknown[] => (Array.isArray(body) ? body : [body])

/** The members of a record; one of the sender that is called as one of ours is, under the next free name. */
function withoutOurs(record: Members): Members {
  if (!Object.hasOwn(record, ours)) return record
  const { [ours]: theirs, ...others } = record
  let n = 2
  while (Object.hasOwn(others, `${ours}_${n}`)) n++
  return { ...others, [`${ours}_${n}`]: theirs }
}

const ours = 'receivedAt'

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inner, name) => (isMembers(inner) ? inner[name] : undefined), value)

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

function wordFor(value: unknown): string {
  if (value === undefined) return 'nothing'
  return isMembers(value) ? 'an object' : JSON.stringify(value).slice(0, 50)
}
