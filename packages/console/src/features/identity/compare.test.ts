import { expect, test } from 'vitest'
import { compare } from './compare.ts'

// Only what is compared matters; the rest of a profile is left out.
type Person = Parameters<typeof compare>[0]
const person = (values: Record<string, string>, emails: readonly string[] = []): Person =>
  ({
    values: Object.entries(values).map(([field, value]) => ({
      field,
      label: field,
      type: 'text',
      value,
    })),
    emails: emails.map((value) => ({ value })),
    phones: [],
    addresses: [],
  }) as unknown as Person

test('every field that either has stands once; what both say differently is marked', () => {
  const rows = compare(
    person({ first: 'Ada', city: 'Rome', created_at: '2026' }),
    person({ first: 'ADA', city: 'Oslo', born: '1815' }, ['ada@x.example', 'a@x.example']),
  )
  expect(rows).toEqual([
    { label: 'first', left: 'Ada', right: 'ADA', isDifferent: false },
    { label: 'city', left: 'Rome', right: 'Oslo', isDifferent: true },
    { label: 'E-mail', left: '', right: 'ada@x.example, a@x.example', isDifferent: false },
    { label: 'born', left: '', right: '1815', isDifferent: false },
  ])
})
