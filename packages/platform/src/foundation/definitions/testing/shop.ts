import Type from 'typebox'
import { key, list, object, optional, text, whole } from '#kernel/read.ts'
import { secretRef } from '../definition.ts'
import { defineKind } from '../kind.ts'

// A little world of three kinds, for the tests of this room.

const condition = Type.Cyclic(
  {
    Condition: Type.Union([
      object({ all: Type.Array(Type.Ref('Condition')) }),
      object({ field: text(), is: text() }),
    ]),
  },
  'Condition',
)

/** Something with fields and a password. */
export const shelf = defineKind({
  kind: 'shelf',
  label: 'Shelf',
  schema: object({
    fields: list(key()),
    height: whole({ default: 2 }),
    password: optional(secretRef),
  }),
  sample: 'kind: shelf\nkey: first\nfields: [name]\n',
})

/** Something on a shelf, by a condition over the shelf's fields. */
export const pick = defineKind({
  kind: 'pick',
  label: 'Pick',
  schema: object({
    label: optional(text()),
    shelf: key(),
    where: optional(condition),
    order: optional(list(text())),
    sql: optional(text()),
  }),
  rights: ({ sql }) => (sql === undefined ? [] : ['read']),
  needs: ({ shelf: name }) => [{ kind: 'shelf', key: name, at: 'shelf' }],
  check: ({ shelf: name, order = [] }, all) => {
    const { fields } = all.get(shelf, name).body
    return order.flatMap((field, i) =>
      fields.includes(field)
        ? []
        : [{ code: 'test.no_field', at: `order[${i}]`, say: `${name} has no field "${field}"` }],
    )
  },
})

/** Both kinds. */
export const shop = [shelf, pick]
