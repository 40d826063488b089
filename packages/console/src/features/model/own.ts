import { type Body, bodyAt, textAt, withValue } from '../../lib/body.ts'
import type { Writable } from '../../lib/draft.ts'
import { keyMadeOf } from '../../lib/key-made.ts'
import type { ModelObjectFacts } from '../../lib/model.ts'

const kind = 'model_object'

/** What a definition of one's own begins with; under a standard object, which has its key already, fields beside its own. */
export function begunFor(object: ModelObjectFacts): Writable {
  const { key, label, subject_area, category } = object
  return {
    kind,
    key,
    keyIs: 'given',
    version: 0,
    changedAt: '',
    body: { label, subject_area, category, fields: {} },
  }
}

/** A new object, with the key that every object has. */
export const newObject = (label: string): Writable => ({
  kind,
  key: 'new_object',
  version: 0,
  changedAt: '',
  body: { label, subject_area: 'product', category: 'other', fields: { id: { type: 'text' } } },
})

/** Why a field cannot have a name; nothing when it can. What else a name must be the server says. */
export function namedWrongly(
  body: Body,
  from: string,
  to: string,
): 'taken' | 'numbers' | undefined {
  if (to === from) return undefined
  // Names that are only digits would stand first in a definition, whatever they are called there.
  if (/^\d+$/.test(to)) return 'numbers'
  return to in bodyAt(body, ['fields']) ? 'taken' : undefined
}

/** The definition with a field renamed, in its place, also where the object itself names it. */
export function withFieldRenamed(body: Body, from: string, to: string): Body {
  const fields = Object.entries(bodyAt(body, ['fields'])).map(([name, of]) => [
    name === from ? to : name,
    of,
  ])
  const shows: readonly unknown[] = Array.isArray(body['shows']) ? body['shows'] : []
  const named = withValue(body, ['fields'], Object.fromEntries(fields))
  const timed = textAt(body, ['time']) === from ? withValue(named, ['time'], to) : named
  if (!shows.includes(from)) return timed
  return withValue(
    timed,
    ['shows'],
    shows.map((name) => (name === from ? to : name)),
  )
}

/** The definition without a field; the last one leaves no fields, but says so. */
export function withoutField(body: Body, name: string): Body {
  const { [name]: _, ...fields } = bodyAt(body, ['fields'])
  return withValue(body, ['fields'], fields)
}

/** The definition with one more field, called as somebody says it; its key is made of that. */
export function withFieldAdded(body: Body, label: string): Body {
  const fields = bodyAt(body, ['fields'])
  const made = keyMadeOf(label) ?? 'field'
  let key = made
  for (let n = 2; key in fields; n += 1) key = `${made}_${n}`
  return withValue(body, ['fields'], { ...fields, [key]: { type: 'text', label: label.trim() } })
}

/** The definition with another category; what happens has a time, so the first that could be it is taken. */
export function withCategory(body: Body, category: string): Body {
  const next = withValue(body, ['category'], category)
  if (category !== 'engagement') return withValue(next, ['time'], undefined)
  if (textAt(body, ['time']) !== '') return next
  const [time] = timeFields(body)
  return time === undefined ? next : withValue(next, ['time'], time)
}

/** The fields that can say when something happened. */
export const timeFields = (body: Body): readonly string[] =>
  Object.keys(bodyAt(body, ['fields'])).filter(
    (name) => textAt(body, ['fields', name, 'type']) === 'timestamp',
  )
