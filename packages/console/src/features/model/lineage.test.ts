import { expect, test } from 'vitest'
import { wayOf } from './lineage.ts'
import type { Use } from './uses.ts'

const use = (kind: Use['kind'], key: string, ...asks: string[]): Use => ({
  kind,
  key,
  label: key,
  asks: new Set(asks),
})

test('the way of a field leads from columns through formulas to it, and on to all that is made of it', () => {
  const way = wayOf({
    object: 'sales_order',
    field: 'total',
    label: 'Total',
    origins: [
      { stream: 'shop', formula: "coalesce(net, 'gross') + tax" },
      { stream: 'site', formula: 'value' },
    ],
    columns: new Map([['shop', ['net', 'gross', 'tax', 'id']]]),
    uses: [
      use('insight', 'spend', 'sales_order.total'),
      use('segment', 'vips', 'insight:spend', 'individual.city'),
      use('segment', 'others', 'individual.city'),
      use('decision', 'banner', 'segment:vips'),
    ],
  })
  expect(way.map(({ key, rank, inputs, page }) => [key, rank, inputs, page])).toEqual([
    ['column:shop.net', 0, [], '/streams/shop?tab=fields'],
    ['column:shop.tax', 0, [], '/streams/shop?tab=fields'],
    ['formula:0', 1, ['column:shop.net', 'column:shop.tax'], '/mappings/shop'],
    // What a stream will bring is not known before it has brought something.
    ['formula:1', 1, [], '/mappings/site'],
    ['sales_order.total', 2, ['formula:0', 'formula:1'], undefined],
    ['insight:spend', 4, ['sales_order.total'], '/insights/spend'],
    ['segment:vips', 5, ['insight:spend'], '/segments/vips'],
    ['decision:banner', 8, ['segment:vips'], undefined],
  ])
})
