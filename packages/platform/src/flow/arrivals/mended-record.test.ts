import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LakeField } from '#lake'
import { recordIn } from './mended-record.ts'

const fields: readonly LakeField[] = [
  { name: 'id', label: 'Id', type: 'text' },
  { name: 'full_name', label: 'Full name', type: 'text' },
]

test('a record is read by labels, by names, as JSON or as a line', () => {
  const record = { Id: '1', 'Full name': 'Ada, Countess' }
  expect(recordIn(record, fields)).toEqual(record)
  expect(recordIn({ id: '1', full_name: 'Ada, Countess' }, fields)).toEqual(record)
  expect(recordIn(JSON.stringify(record), fields)).toEqual(record)
  expect(recordIn('1,"Ada, Countess"', fields)).toEqual(record)
  expect(recordIn('1;Ada, Countess', fields)).toBeUndefined()
  expect(recordIn('1|"Ada, Countess"', fields)).toEqual(record)
})

test('what cannot be told apart is not guessed', () => {
  expect(recordIn('1,2,3', fields)).toBeUndefined()
  expect(recordIn('1;2,3', fields)).toBeUndefined()
  expect(recordIn(7, fields)).toBeUndefined()
  expect(recordIn([1, 2], fields)).toBeUndefined()
})

test('a line is read as it was written', () => {
  const quoted = (text: string) => (/[,"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  // Without the other delimiters, which could be meant as well.
  const text = fc.string().map((of) => of.replace(/[;\t|]/g, ''))
  fc.assert(
    fc.property(text, text, (id, name) => {
      expect(recordIn(`${quoted(id)},${quoted(name)}`, fields)).toEqual({
        ...(id === '' ? {} : { Id: id }),
        ...(name === '' ? {} : { 'Full name': name }),
      })
    }),
  )
})
