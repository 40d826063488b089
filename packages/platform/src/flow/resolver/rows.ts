import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { Model } from '#model'
import type { ResolveBody } from './api.ts'
import { resolverFaults } from './faults.ts'

/** What is given of a record: the rows of each object, each value as its text. */
export interface Given {
  readonly space: string
  readonly record: ResolveBody['record']
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>
}

const mostRows = 50

/** Reads the rows of a record, or refuses them with all that is wrong. */
export function readRows(model: Model, { rows, space = 'default', record }: ResolveBody): Given {
  const problems: Problem[] = []
  const wrong = (maker: { readonly code: string }, at: string, say: string) =>
    problems.push({ code: maker.code, at, say })
  const objects = new Map(model.objects.map((object) => [object.key, object]))
  const read = Object.entries(rows).map(([key, of]) => {
    const at = `rows.${key}`
    const object = objects.get(key)
    if (!object) {
      const near = didYouMean(key, [...objects.keys()])
      wrong(
        resolverFaults.unknown_object,
        at,
        resolverFaults.unknown_object({ object: key, near }).message,
      )
      return [key, []] as const
    }
    if (of.length > mostRows)
      wrong(
        resolverFaults.too_many_rows,
        at,
        resolverFaults.too_many_rows({ most: mostRows }).message,
      )
    const texts = of.map((row, i) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([field, found]) => {
          const here = `${at}[${i}].${field}`
          const type = object.fields[field]?.type
          if (type === undefined) {
            const near = didYouMean(field, Object.keys(object.fields))
            const fault = resolverFaults.unknown_field({ object: key, field, near })
            wrong(resolverFaults.unknown_field, here, fault.message)
            return []
          }
          if (found === null || found === '') return []
          const text = textOf(found, type)
          if (text !== undefined) return [[field, text] as const]
          const fault = resolverFaults.bad_value({ type, found: JSON.stringify(found) })
          wrong(resolverFaults.bad_value, here, fault.message)
          return []
        }),
      ),
    )
    return [key, texts] as const
  })
  refuseIfAny(problems)
  return { space, record, rows: Object.fromEntries(read) }
}

const fits: Readonly<Record<FieldType, (text: string) => boolean>> = {
  text: () => true,
  json: () => true,
  integer: (text) => /^[+-]?\d{1,18}$/.test(text),
  decimal: (text) => /^[+-]?\d{1,14}(\.\d+)?$/.test(text),
  number: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
  boolean: (text) => text === 'true' || text === 'false',
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text),
  timestamp: (text) => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)),
}

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** A value as its text; undefined where it does not fit its type. */
function textOf(of: unknown, type: FieldType): string | undefined {
  if (typeof of === 'object') return type === 'json' ? JSON.stringify(of) : undefined
  if (typeof of !== 'string' && typeof of !== 'number' && typeof of !== 'boolean') return undefined
  const text = String(of)
  return fits[type](text) ? text : undefined
}
