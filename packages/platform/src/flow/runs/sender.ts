import type { Collecting } from '#collect'
import { type Definition, type Definitions, printDefinition, readFiles } from '#definitions'
import type { Caller } from '#kernel/caller.ts'
import type { NewSender, SenderAnswer } from './api.ts'
import { runFaults } from './faults.ts'

/** What setting up a sender of events needs. */
export interface SenderTools {
  readonly definitions: Definitions
  readonly collecting: Pick<Collecting, 'keys' | 'reload'>
}

/**
 * Sets up a sender of events: a connection, its streams and how they fill the model, as one change that can be undone, and a
 * write key. A sender that is there already only gets another key.
 */
export async function addSender(
  { definitions, collecting }: SenderTools,
  { key, label = key, sender = 'browser', products = key }: NewSender,
  caller: Caller,
): Promise<SenderAnswer> {
  const all = await definitions.catalogue()
  const standing = all.find<{ connector: string }>('connection', key)
  if (standing && standing.body.connector !== 'events')
    throw runFaults.key_taken({ key, holds: `a connection of ${standing.body.connector}` })
  if (!standing) {
    const hasRules = all
      .list<{ on?: unknown }>('ruleset')
      .some(({ body }) => body.on === 'individual')
    const wanted = [
      ...definitionsOfSender({ key, label, sender, products }),
      ...(hasRules ? [] : [ruleset]),
    ]
    const files = wanted.map((one) => ({
      file: `${one.kind} ${one.key}`,
      text: printDefinition(one),
    }))
    await definitions.apply(await definitions.plan(readFiles(files)), caller)
    await collecting.reload()
  }
  const made = await collecting.keys.create(caller, { connection: key, label })
  return { connection: key, stream: key, write_key: made.key }
}

/** Rules to begin with, when there are none yet: the same id, or the same e-mail address. */
const ruleset: Definition = {
  kind: 'ruleset',
  key: 'people',
  body: {
    label: 'People',
    on: 'individual',
    match: [
      ruleOf('known_id', {
        object: 'party_identification',
        field: 'identification_number',
        by: 'exact',
      }),
      ruleOf('email', { object: 'contact_point_email', field: 'email_address', by: 'normalised' }),
    ],
    reconcile: { default: 'last_updated' },
  },
}

function ruleOf(key: string, criterion: { object: string; field: string; by: string }) {
  return { key, all: [criterion] }
}

/** Everything that a sender of events is, as definitions. */
function definitionsOfSender(of: Required<NewSender>): readonly Definition[] {
  const { key, label, sender, products } = of
  const streams = streamsOf(key).map(({ stream, takes, category, by }) => ({
    kind: 'stream',
    key: stream,
    body: {
      label: takes === 'events' ? label : `${label}: ${takes}`,
      connection: key,
      source: { takes },
      mode: by === undefined ? 'append' : 'merge',
      ...(by === undefined ? {} : { primary_key: [by] }),
      category,
    },
  }))
  const mappings = streamsOf(key).map(({ stream, objects }) => ({
    kind: 'mapping',
    key: stream,
    body: {
      stream,
      qualifier: key,
      objects:
        products === key
          ? objects
          : objects.map((one) => ({ ...one, fields: linked(one.fields, products) })),
    },
  }))
  const connection = {
    kind: 'connection',
    key,
    body: { label, connector: 'events', settings: { sender } },
  }
  return [connection, ...streams, ...mappings]
}

/** Fields in which the link to a product names one of another source. */
const linked = (fields: Readonly<Record<string, string>>, products: string) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, of]) => [
      name,
      name === 'product_id' ? { value: of, qualifier: products } : of,
    ]),
  )

interface SenderStream {
  readonly stream: string
  readonly takes: string
  readonly category: 'profile' | 'engagement' | 'other'
  readonly by?: string
  readonly objects: readonly {
    object: string
    each?: string
    where?: string
    fields: Readonly<Record<string, string>>
  }[]
}

// A person is known by the id of their account, or by that of the device until they sign in.
const person = 'coalesce(user_id, anonymous_id)'

// A product is known by its id, which older events call so; by its number where there is none.
const productId = `coalesce(json_text(item, '$.product_id'), json_text(item, '$.id'), json_text(item, '$.sku'))`
const price = `json_text(item, '$.price')`
// Who says no quantity sold one.
const quantity = `coalesce(json_text(item, '$.quantity'), '1')`

const streamsOf = (key: string): readonly SenderStream[] => [
  {
    stream: key,
    takes: 'events',
    category: 'engagement',
    objects: [
      {
        object: 'website_engagement',
        where: `type in ('track', 'page')`,
        fields: {
          id: 'message_id',
          individual_id: person,
          engaged_at: 'timestamp',
          action: `case when type = 'page' then 'Page Viewed' else event end`,
          channel: `'web'`,
          anonymous_id: 'anonymous_id',
          session_id: 'context_session_id',
          page_url: 'coalesce(properties_url, context_page_url)',
          page_title: 'coalesce(properties_title, context_page_title)',
          referrer: 'coalesce(properties_referrer, context_page_referrer)',
          product_id: 'properties_product_id',
          user_agent: 'context_user_agent',
        },
      },
      {
        object: 'device_application_engagement',
        where: `type = 'screen'`,
        fields: {
          id: 'message_id',
          individual_id: person,
          engaged_at: 'timestamp',
          action: `'Screen Viewed'`,
          channel: `'app'`,
          device_id: 'context_device_id',
          application: 'context_app_name',
          screen_name: 'name',
        },
      },
    ],
  },
  {
    stream: `${key}_people`,
    takes: 'people',
    category: 'profile',
    by: 'id',
    objects: [
      {
        object: 'individual',
        fields: {
          id: 'id',
          is_anonymous: 'is_anonymous',
          first_name: 'traits_first_name',
          last_name: 'traits_last_name',
          person_name: 'traits_name',
          title: 'traits_title',
          gender: 'traits_gender',
          city: 'traits_address_city',
          country: 'traits_address_country',
          last_modified_at: 'identified_at',
        },
      },
      contactPoint('email', 'traits_email', 'email_address'),
      contactPoint('phone', 'traits_phone', 'telephone_number'),
      {
        object: 'contact_point_address',
        where: 'traits_address_street is not null or traits_address_postal_code is not null',
        fields: {
          id: `concat(id, ':address')`,
          individual_id: 'id',
          address_line_1: 'traits_address_street',
          postal_code: 'traits_address_postal_code',
          city: 'traits_address_city',
          state: 'traits_address_state',
          country: 'traits_address_country',
        },
      },
    ],
  },
  {
    stream: `${key}_identities`,
    takes: 'identities',
    category: 'profile',
    by: 'id',
    objects: [
      {
        object: 'party_identification',
        fields: {
          id: 'id',
          individual_id: 'person_id',
          identification_name: 'type',
          // Ids of two kinds may look alike.
          identification_number: `concat(type, ':', number)`,
        },
      },
    ],
  },
  {
    stream: `${key}_accounts`,
    takes: 'accounts',
    category: 'profile',
    by: 'id',
    objects: [
      {
        object: 'account',
        fields: {
          id: 'id',
          name: 'traits_name',
          industry: 'traits_industry',
          website: 'traits_website',
          phone: 'traits_phone',
          address_line_1: 'traits_address_street',
          postal_code: 'traits_address_postal_code',
          city: 'traits_address_city',
          country: 'traits_address_country',
          employee_count: 'traits_employees',
          last_modified_at: 'changed_at',
        },
      },
    ],
  },
  {
    stream: `${key}_members`,
    takes: 'members',
    category: 'profile',
    by: 'id',
    objects: [
      {
        object: 'account_contact',
        fields: { id: 'id', individual_id: 'person_id', account_id: 'group_id' },
      },
    ],
  },
  {
    stream: `${key}_orders`,
    takes: 'orders',
    category: 'engagement',
    by: 'id',
    objects: [
      {
        object: 'sales_order',
        fields: {
          id: 'id',
          individual_id: 'person_id',
          order_number: 'id',
          purchased_at: 'purchased_at',
          status: 'status',
          channel: `'web'`,
          grand_total_amount: 'total',
          tax_amount: 'tax',
          currency_code: 'currency',
        },
      },
      {
        object: 'sales_order_product',
        each: 'products',
        fields: {
          id: `concat(id, ':', item_number)`,
          sales_order_id: 'id',
          product_id: productId,
          individual_id: 'person_id',
          line_number: 'item_number',
          purchased_at: 'purchased_at',
          ordered_quantity: quantity,
          unit_price_amount: price,
          total_line_amount: `cast(${price} as decimal) * cast(${quantity} as decimal)`,
        },
      },
    ],
  },
]

function contactPoint(what: string, from: string, field: string): SenderStream['objects'][number] {
  return {
    object: `contact_point_${what}`,
    where: `${from} is not null`,
    fields: { id: `concat(id, ':${what}')`, individual_id: 'id', [field]: from },
  }
}
