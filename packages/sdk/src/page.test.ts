import { expect, test } from 'vitest'
import { campaignOf } from './page.ts'

test.each([
  ['', undefined],
  ['?q=shoes&utm_source=', undefined],
  ['?utm_campaign=Spring+Sale&utm_source=mail', { name: 'Spring Sale', source: 'mail' }],
  ['?utm_medium=cpc&utm_term=a%26b&utm_content=x&utm_id=7', { medium: 'cpc', term: 'a&b', content: 'x', id: '7' }], // biome-ignore format: reads as a table
])('the campaign of "%s"', (search, campaign) => {
  expect(campaignOf(search)).toEqual(campaign)
})
