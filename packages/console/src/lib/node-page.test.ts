import { expect, test } from 'vitest'
import { nodePage } from './node-page.ts'

const rulesets = [{ key: 'people', body: { on: 'individual' } }]
const pageOf = (key: string) => nodePage({ key }, rulesets)

test('everything in the flow has a page of its own', () => {
  expect(pageOf('stream:crm_contacts')).toBe('/streams/crm_contacts')
  expect(pageOf('model:sales_order')).toBe('/model/sales_order')
  expect(pageOf('segment:vips')).toBe('/segments/vips')
})

test('profiles lead to the ruleset that makes them, or to all of them', () => {
  expect(pageOf('unified:individual')).toBe('/identity/people')
  expect(pageOf('unified:account')).toBe('/identity')
})

test('what no page is known for leads nowhere', () => {
  expect(pageOf('tide:x')).toBeUndefined()
})
