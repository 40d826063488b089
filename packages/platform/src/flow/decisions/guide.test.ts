import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defineKind, type Kind } from '#definitions'
import { trial } from '#definitions/testing'
import type { InsightShape } from '#insights'
import { anything, record } from '#kernel/read.ts'
import { counterKind } from '#live'
import { modelOf } from '#model'
import { reasons } from './api.ts'
import { decisionKind } from './kinds.ts'

const guide = readFileSync(
  join(import.meta.dirname, '../../../../../docs/guides/personalisation.md'),
  'utf8',
)
const documents = [...guide.matchAll(/```yml\n([\s\S]*?)```/g)].map(([, text = '']) => text)

const plain = (kind: string): Kind => defineKind({ kind, label: kind, schema: record(anything()) })
// Of a computed insight only what conditions ask.
const spending = {
  key: 'spending',
  on: 'individual',
  dimensions: ['profile_id'],
  measures: new Map([['total', 'decimal']]),
} as unknown as InsightShape
const kinds = [
  plain('stream'),
  plain('segment'),
  plain('insight'),
  counterKind(() => [{ name: 'event', label: 'event', type: 'text' }]),
  decisionKind({
    modelIn: () => modelOf([]),
    shapesIn: () => ({ shapes: new Map([['spending', spending]]), problems: new Map() }),
  }),
]
const around = ['stream shop', 'segment regulars', 'insight spending']
  .map((one) => `kind: ${one.replace(' ', '\nkey: ')}\non: individual\n---\n`)
  .join('')

test('the examples of the guide are sound', () => {
  expect(documents).toHaveLength(2)
  expect(trial(kinds, around + documents.join('---\n')).plan.problems).toEqual([])
})

test('the guide names every reason', () => {
  const table = guide.slice(guide.indexOf('| reason |'))
  for (const reason of reasons) expect(table).toContain(`\`${reason}\``)
})
