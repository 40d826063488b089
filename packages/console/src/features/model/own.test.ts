import { expect, test } from 'vitest'
import {
  begunFor,
  namedWrongly,
  timeFields,
  withCategory,
  withFieldAdded,
  withFieldRenamed,
  withoutField,
} from './own.ts'

const body = {
  label: 'Visit',
  category: 'engagement',
  time: 'at',
  shows: ['note', 'at'],
  fields: { id: { type: 'text' }, at: { type: 'timestamp' }, note: { type: 'text' } },
}
const fieldsOf = (of: object) => Object.keys('fields' in of ? (of.fields as object) : {})

test('a field is renamed where it stands, and where the object names it', () => {
  const renamed = withFieldRenamed(body, 'at', 'visited_at')
  expect(fieldsOf(renamed)).toEqual(['id', 'visited_at', 'note'])
  expect(renamed).toMatchObject({ time: 'visited_at', shows: ['note', 'visited_at'] })
  expect(fieldsOf(withFieldRenamed(body, 'note', 'remark'))).toEqual(['id', 'at', 'remark'])
})

test('a name that another field has, or that is only digits, is not taken', () => {
  expect(namedWrongly(body, 'at', 'note')).toBe('taken')
  expect(namedWrongly(body, 'at', '12')).toBe('numbers')
  expect(namedWrongly(body, 'at', 'at')).toBeUndefined()
  expect(namedWrongly(body, 'at', 'visited_at')).toBeUndefined()
})

test('the key of a field is made of what it is called, and is never that of another', () => {
  const once = withFieldAdded(body, 'Prénom du Client')
  expect(fieldsOf(once)).toEqual(['id', 'at', 'note', 'prenom_du_client'])
  expect(fieldsOf(withFieldAdded(once, 'Note'))).toContain('note_2')
  expect(fieldsOf(withFieldAdded(body, '!!!'))).toContain('field')
})

test('without its last field a definition still says that it has none', () => {
  expect(withoutField({ fields: { a: {} } }, 'a')).toEqual({ fields: {} })
})

test('what happens has a time; what does not has none', () => {
  expect(timeFields(body)).toEqual(['at'])
  expect(withCategory(body, 'other')).not.toHaveProperty('time')
  expect(withCategory(withCategory(body, 'other'), 'engagement')).toHaveProperty('time', 'at')
})

test("fields of one's own under a standard object have its key, and begin with none", () => {
  const object = {
    key: 'sales_order',
    label: 'Order',
    origin: 'standard' as const,
    subject_area: 'sales_order',
    category: 'engagement',
    fields: { id: { type: 'text' as const } },
  }
  expect(begunFor(object)).toMatchObject({
    key: 'sales_order',
    keyIs: 'given',
    version: 0,
    body: { label: 'Order', fields: {} },
  })
})
