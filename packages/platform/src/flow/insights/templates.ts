import type { Model, ModelObject } from '#model'
import type { InsightDefinition } from './definition.ts'

/** A ready-made insight: what it needs, and what it is made of. */
export interface Template {
  readonly key: string
  readonly label: string
  readonly about: string
  /** What the model lacks, each in words; nothing when it can be made. */
  readonly lacks: (ground: TemplateGround) => readonly string[]
  readonly make: (ground: TemplateGround) => InsightDefinition
}

/** What ready-made insights are made from. */
export interface TemplateGround {
  readonly model: Model
  /** Whether something fills an object. */
  readonly isFilled: (object: string) => boolean
}

interface Needed {
  readonly object: string
  readonly fields: readonly string[]
  readonly why?: string
}

const lacksOf =
  (...needed: readonly Needed[]) =>
  ({ model, isFilled }: TemplateGround): readonly string[] =>
    needed.flatMap(({ object, fields, why = '' }) => {
      const found = model.find(object)
      if (!found) return [`the model has no object "${object}"${why}`]
      const missing = fields.filter((field) => !(field in found.fields))
      if (missing.length > 0) return [`"${object}" has no field ${missing.join(', ')}`]
      return isFilled(object) ? [] : [`nothing fills "${object}" yet`]
    })

const orders = lacksOf({
  object: 'sales_order',
  fields: ['purchased_at', 'grand_total_amount'],
})

const perPerson = { dimensions: ['profile_id'], where: 'profile_id is not null' } as const

const ofOrders = (
  { key, label, about }: Pick<Template, 'key' | 'label' | 'about'>,
  measures: NonNullable<InsightDefinition['build']>['measures'],
): Template => ({
  key,
  label,
  about,
  lacks: orders,
  make: () => ({
    label,
    about,
    build: { from: 'sales_order', ...perPerson, dimensions: [...perPerson.dimensions], measures },
  }),
})

const total = { name: 'total', how: 'sum', of: 'grand_total_amount' } as const
const count = { name: 'orders', how: 'count' } as const

// What happened to people, in the objects that something fills.
const engagements = ({ model, isFilled }: TemplateGround): readonly ModelObject[] =>
  model.objects.filter(
    ({ key, category, time, fields }) =>
      category === 'engagement' && time !== undefined && 'individual_id' in fields && isFilled(key),
  )

const eventsOf = (ground: TemplateGround): string =>
  engagements(ground)
    .map(({ key, time }) => `select profile_id, ${time} as at from "${key}"`)
    .join('\n  union all ')

const lacksEvents = (ground: TemplateGround): readonly string[] =>
  engagements(ground).length > 0
    ? []
    : ['nothing fills an object that says what people did and when']

const campaignCost: Needed = {
  object: 'campaign_cost',
  fields: ['spent_at', 'amount'],
  why: ' with `spent_at` and `amount`',
}

// As `ntile(5)` cuts, but by value: those who are alike are in one fifth, so that nobody's depends on what they are called.
const fifthBy = (value: string): string =>
  `1 + cast(floor(5.0 * (rank() over (order by ${value}) - 1) / count(*) over ()) as integer)`

/** The insights that most companies begin with. */
export const templates: readonly Template[] = [
  ofOrders(
    {
      key: 'lifetime_spend',
      label: 'Lifetime spend',
      about: 'All that a person has ordered, and when first and last',
    },
    [
      total,
      { name: 'first_order', how: 'min', of: 'purchased_at' },
      { name: 'last_order', how: 'max', of: 'purchased_at' },
    ],
  ),
  ofOrders({ key: 'order_count', label: 'Orders', about: 'How often a person has ordered' }, [
    count,
  ]),
  ofOrders(
    {
      key: 'average_order_value',
      label: 'Average order',
      about: 'What an order of a person is worth on average',
    },
    [{ name: 'average', how: 'avg', of: 'grand_total_amount' }, total, count],
  ),
  {
    key: 'rfm',
    label: 'Recency, frequency, money',
    about:
      'Fifths of customers, 5 the best: who came last, most often, and spent most; equals in the same',
    lacks: orders,
    make: () => ({
      label: 'Recency, frequency, money',
      about:
        'Fifths of customers, 5 the best: who came last, most often, and spent most; equals in the same',
      sql: `with people as (
  select profile_id, max(purchased_at) as last_order, count(*) as orders, coalesce(sum(grand_total_amount), 0) as total
  from sales_order where profile_id is not null group by profile_id
)
select profile_id, last_order, orders, total,
  ${fifthBy('last_order nulls first')} as recency,
  ${fifthBy('orders')} as frequency,
  ${fifthBy('total')} as money
from people`,
      dimensions: ['profile_id'],
    }),
  },
  {
    key: 'days_since_last_seen',
    label: 'Days since last seen',
    about: 'How long ago a person last did anything, over all that is known',
    lacks: lacksEvents,
    make: (ground) => ({
      label: 'Days since last seen',
      about: 'How long ago a person last did anything, over all that is known',
      sql: `with events as (
  ${eventsOf(ground)}
)
select profile_id, max(at) as last_seen, date_diff('day', cast(max(at) as date), current_date) as days
from events where profile_id is not null and at <= now() group by profile_id`,
      dimensions: ['profile_id'],
    }),
  },
  {
    key: 'engagement_score',
    label: 'Engagement score',
    about: 'What a person did in the last 90 days; what is a month old counts a third',
    lacks: lacksEvents,
    make: (ground) => ({
      label: 'Engagement score',
      about: 'What a person did in the last 90 days; what is a month old counts a third',
      sql: `with events as (
  ${eventsOf(ground)}
)
select profile_id, count(*) as events,
  round(sum(exp(-date_diff('day', cast(at as date), current_date) / 30.0)), 3) as score
from events where profile_id is not null and at <= now() and at >= now() - to_days(90)
group by profile_id`,
      dimensions: ['profile_id'],
    }),
  },
  {
    key: 'cost_of_acquisition',
    label: 'Cost of acquisition',
    about: 'By month, what campaigns cost for each customer who ordered for the first time',
    lacks: (ground) => [...orders(ground), ...lacksOf(campaignCost)(ground)],
    make: () => ({
      label: 'Cost of acquisition',
      about: 'By month, what campaigns cost for each customer who ordered for the first time',
      sql: `with first_orders as (
  select profile_id, cast(date_trunc('month', min(purchased_at)) as date) as month
  from sales_order where profile_id is not null group by profile_id
), customers as (
  select month, count(*) as new_customers from first_orders where month is not null group by month
), costs as (
  select cast(date_trunc('month', spent_at) as date) as month, sum(amount) as cost
  from campaign_cost where spent_at is not null group by 1
)
select coalesce(costs.month, customers.month) as month, coalesce(cost, 0) as cost,
  coalesce(new_customers, 0) as new_customers, cost / nullif(new_customers, 0) as cost_per_customer
from costs full outer join customers on customers.month = costs.month`,
      dimensions: ['month'],
    }),
  },
  {
    key: 'open_cases',
    label: 'Open cases',
    about: 'How many cases of a person are open, and since when',
    lacks: lacksOf({ object: 'case', fields: ['opened_at', 'closed_at'] }),
    make: () => ({
      label: 'Open cases',
      about: 'How many cases of a person are open, and since when',
      build: {
        from: 'case',
        dimensions: ['profile_id'],
        where: 'profile_id is not null and closed_at is null',
        measures: [
          { name: 'cases', how: 'count' },
          { name: 'oldest', how: 'min', of: 'opened_at' },
        ],
      },
    }),
  },
]
