import { expect, test } from 'vitest'
import { catalogueOf } from '#definitions'
import type { ActionBody, Trigger } from './definition.ts'
import { nodesOfActions } from './nodes.ts'

const action = (key: string, when: Trigger): { kind: string; key: string; body: ActionBody } => ({
  kind: 'action',
  key,
  body: { when, often: 'each', target: { destination: 'mail' } },
})
const inputsOf = (when: Trigger, ...others: Parameters<typeof catalogueOf>[0]) =>
  nodesOfActions(catalogueOf([action('a', when), ...others])).flatMap(({ inputs }) => inputs)

test('actions are made from what they watch, as far as the graph has it', () => {
  const row: Trigger = { row: 'product', change: 'any' }
  const mapping = { kind: 'mapping', key: 'm', body: { objects: [{ object: 'product' }] } }
  expect(inputsOf(row)).toEqual([])
  expect(inputsOf(row, mapping)).toEqual(['model:product'])
  expect(inputsOf({ segment: 'vips', change: 'left' })).toEqual(['segment:vips'])
  expect(inputsOf({ profile: 'any' })).toEqual(['unified:individual'])
  expect(inputsOf({ profile: 'split', on: 'account' })).toEqual([])
})
