import type { Condition } from '#segments'

const orders = { related: 'sales_order' } as const
const events = { related: 'website_engagement' } as const
const countries = ['France', 'Germany', 'Spain', 'Italy', 'Poland', 'Austria']
const actions = ['Page Viewed', 'Product Viewed', 'Product Added', 'Searched']

/** Ten shapes of segments, each in as many variants as asked for. */
const shapes: readonly ((n: number) => Condition)[] = [
  (n) => ({
    all: [
      { field: 'country', op: '=', value: countries[n % 6] ?? '' },
      { field: 'yearly_income', op: '>=', value: 4000 * n },
    ],
  }),
  (n) => ({ ...orders, measure: 'sum', of: 'grand_total_amount', op: '>=', value: 100 * n }),
  (n) => ({
    ...orders,
    where: { field: 'purchased_at', op: 'within_last_days', value: 5 + 10 * n },
    measure: 'count',
    op: '>=',
    value: 2,
  }),
  (n) => ({ ...events, measure: 'count', op: '>=', value: 10 + 2 * n }),
  (n) => ({
    ...events,
    where: {
      all: [
        { field: 'action', op: '=', value: actions[n % 4] ?? '' },
        { field: 'engaged_at', op: 'within_last_days', value: 7 + 5 * n },
      ],
    },
    measure: 'count',
    op: '>=',
    value: 1,
  }),
  (n) => ({
    ...events,
    measure: 'max',
    of: 'engaged_at',
    op: 'not_within_last_days',
    value: 3 + 4 * n,
  }),
  (n) => ({
    all: [
      {
        ...orders,
        where: { field: 'channel', op: '=', value: 'web' },
        measure: 'avg',
        of: 'grand_total_amount',
        op: '>=',
        value: 150 + 5 * n,
      },
      { field: 'country', op: 'in', value: countries.slice(0, 1 + (n % 5)) },
    ],
  }),
  (n) => ({
    all: [
      {
        ...events,
        where: { field: 'action', op: '=', value: 'Product Added' },
        measure: 'count',
        op: '>=',
        value: 1 + (n % 6),
      },
      { not: { ...orders, look_back: { value: 1 + n, unit: 'week' } } },
    ],
  }),
  (n) => ({
    all: [
      { segment: `s3_${n}` },
      { field: 'created_at', op: 'within_last_days', value: 20 + 30 * n },
    ],
  }),
  (n) => ({
    any: [
      { ...orders, measure: 'max', of: 'purchased_at', op: 'within_last_days', value: 2 + n },
      { ...events, measure: 'min', of: 'engaged_at', op: 'within_last_days', value: 20 + 10 * n },
    ],
  }),
]

/** So many segments of ten shapes, and one whose members are what is waited for. */
export const segmentsOf = (count: number): readonly (readonly [string, Condition])[] => [
  ...Array.from({ length: count - 1 }, (_, i): readonly [string, Condition] => {
    const [shape, n] = [i % shapes.length, Math.floor(i / shapes.length)]
    return [`s${shape}_${n}`, shapes[shape]?.(n) ?? { all: [] }]
  }).toSorted(([a], [b]) => a.localeCompare(b)),
  [
    'probed',
    {
      ...events,
      where: { field: 'action', op: '=', value: 'Probe' },
      measure: 'count',
      op: '>=',
      value: 1,
    },
  ],
]
