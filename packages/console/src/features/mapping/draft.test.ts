import { expect, test } from 'vitest'
import { problemsAt, withEach, withFormula, withoutTarget, withTarget, withWhere } from './draft.ts'

const draft = {
  stream: 's',
  qualifier: 'crm',
  objects: [
    { object: 'individual', fields: { id: 'no', account_id: { value: 'acc', qualifier: 'erp' } } },
  ],
}

test('a formula is put, replaced and taken away; the qualifier of a key stays', () => {
  const at = { target: 0, field: 'account_id' }
  expect(withFormula(draft, at, 'trim(acc)').objects[0]?.fields['account_id']).toEqual({
    value: 'trim(acc)',
    qualifier: 'erp',
  })
  const city = withFormula(draft, { target: 0, field: 'city' }, 'town')
  expect(city.objects[0]?.fields['city']).toBe('town')
  expect(withFormula(draft, at, '').objects[0]?.fields).toEqual({ id: 'no' })
  // What one begins with is never changed.
  expect(Object.keys(draft.objects[0]!.fields)).toEqual(['id', 'account_id'])
})

test('an object comes with a key and goes again; a condition too', () => {
  const two = withTarget(draft, 'contact_point_email', 'x')
  expect(two.objects[1]).toEqual({ object: 'contact_point_email', fields: { id: 'no' } })
  expect(withTarget({ ...draft, objects: [] }, 'lead', 'x').objects[0]?.fields).toEqual({ id: 'x' })
  expect(withoutTarget(two, 1)).toEqual(draft)
  const some = withWhere(draft, 0, 'no > 1')
  expect(some.objects[0]).toMatchObject({ where: 'no > 1' })
  expect(withWhere(some, 0, '')).toEqual(draft)
  const lines = withEach(draft, 0, 'lines')
  expect(lines.objects[0]).toMatchObject({ each: 'lines' })
  expect(withEach(lines, 0, '')).toEqual(draft)
})

test('problems are told at their field, wherever in its formula they are', () => {
  const problems = [
    { at: 'objects[0].fields.city.line 1, column 3', say: 'a' },
    { at: 'objects[0].fields.city_2', say: 'b' },
  ]
  expect(problemsAt(problems, 'objects[0].fields.city')).toEqual(['a'])
})
