import type { Model } from '#model'
import type { Criterion, MatchRule, Ruleset, Subject } from './definition.ts'

/** Whether any record has a value in a field; `filled` takes `object.field`. */
export type Filled = (address: string) => boolean

/** A criterion with what else a rule may put in its place when the field is not filled. */
type Wish = readonly Criterion[]

const of = (
  address: string,
  by: Criterion['by'],
  more: Pick<Criterion, 'per' | 'precision'> = {},
): Criterion => {
  const [object = '', field = ''] = address.split('.')
  return { object, field, by, ...more }
}

const email: Wish = [of('contact_point_email.email_address', 'normalised')]
const phone: Wish = [of('contact_point_phone.telephone_number', 'normalised')]
const street: Wish = [of('contact_point_address.address_line_1', 'normalised')]
const place: Wish = [
  of('contact_point_address.postal_code', 'normalised'),
  of('contact_point_address.city', 'normalised'),
]
const number: Wish = ['identification_type', 'identification_name'].map((per) =>
  of('party_identification.identification_number', 'exact', { per }),
)
const company: Wish = [of('account.name', 'fuzzy', { precision: 'high' })]

interface Proposed {
  readonly key: string
  readonly label: string
  readonly all: readonly Wish[]
  /** The link by which values are those of the subject, where they may be of others too. */
  readonly through?: string
}

/** A person's name: both parts, or the whole where a source knows no parts. */
const nameOf = (isFilled: Filled): readonly Wish[] =>
  isFilled('individual.first_name') && isFilled('individual.last_name')
    ? [
        [of('individual.first_name', 'fuzzy', { precision: 'medium' })],
        [of('individual.last_name', 'normalised')],
      ]
    : [[of('individual.person_name', 'fuzzy', { precision: 'medium' })]]

const proposals: Readonly<Record<Subject, (isFilled: Filled) => readonly Proposed[]>> = {
  individual: (isFilled) => {
    const name = nameOf(isFilled)
    return [
      {
        key: 'same_number',
        label: 'Same number of the same kind',
        all: [number],
        through: 'party_identification.individual_id',
      },
      { key: 'name_and_email', label: 'Similar name, same e-mail', all: [...name, email] },
      { key: 'name_and_phone', label: 'Similar name, same phone', all: [...name, phone] },
      {
        key: 'name_and_address',
        label: 'Similar name, same address',
        all: [...name, street, place],
      },
      {
        key: 'cookie',
        label: 'Same browser',
        all: [[of('website_engagement.anonymous_id', 'exact')]],
      },
      {
        key: 'device',
        label: 'Same device',
        all: [[of('device_application_engagement.device_id', 'exact')]],
      },
    ]
  },
  account: () => [
    {
      key: 'same_number',
      label: 'Same number of the same kind',
      all: [number],
      through: 'party_identification.account_id',
    },
    {
      key: 'name_and_number',
      label: 'Similar name, same account number',
      all: [company, [of('account.account_number', 'exact')]],
    },
    {
      key: 'name_and_website',
      label: 'Similar name, same website',
      all: [company, [of('account.website', 'normalised')]],
    },
    {
      key: 'name_and_phone',
      label: 'Similar name, same phone',
      all: [company, [of('account.phone', 'normalised')]],
    },
    {
      key: 'name_and_address',
      label: 'Similar name, same address',
      all: [
        company,
        [of('account.address_line_1', 'normalised')],
        [of('account.postal_code', 'normalised'), of('account.city', 'normalised')],
      ],
    },
  ],
}

const names: Readonly<Record<Subject, { readonly key: string; readonly label: string }>> = {
  individual: { key: 'people', label: 'People' },
  account: { key: 'accounts', label: 'Accounts' },
}

/**
 * Rulesets to start from, with rules over filled fields only. Where no contact point comes with a name, it counts alone:
 * the guards stand against what that would join too much.
 */
export function defaultRulesets(model: Model, isFilled: Filled): readonly Ruleset[] {
  return (['individual', 'account'] as const).flatMap((on) => {
    const rules = proposals[on](isFilled).flatMap((one) => ruleOf(one, model, isFilled))
    const match = rules.length > 0 ? rules : alone(on, model, isFilled)
    return match.length === 0
      ? []
      : [{ ...names[on], on, match, reconcile: { default: 'last_updated' } }]
  })
}

/** The rule, if each of its wishes has a field that is filled. */
function ruleOf(
  { key, label, all, through }: Proposed,
  model: Model,
  isFilled: Filled,
): MatchRule[] {
  if (through !== undefined && !isFilled(through)) return []
  const criteria = all.map((wish) => wish.find((one) => canUse(one, model, isFilled)))
  const found = criteria.filter((one) => one !== undefined)
  return found.length < all.length ? [] : [{ key, label, all: found }]
}

function canUse({ object, field, per }: Criterion, model: Model, isFilled: Filled): boolean {
  const fields = model.find(object)?.fields ?? {}
  return [field, ...(per === undefined ? [] : [per])].every(
    (name) => Object.hasOwn(fields, name) && isFilled(`${object}.${name}`),
  )
}

const alone = (on: Subject, model: Model, isFilled: Filled): MatchRule[] =>
  on === 'account'
    ? []
    : [
        { key: 'email', label: 'Same e-mail', all: [email] },
        { key: 'phone', label: 'Same phone', all: [phone] },
      ].flatMap((one) => ruleOf(one, model, isFilled))

/** Every field that a ruleset to start from may ask for, as `object.field`. */
export const askedByDefaults: readonly string[] = [
  ...new Set(
    (['individual', 'account'] as const)
      .flatMap((on) => [...proposals[on](() => true), ...proposals[on](() => false)])
      .flatMap(({ all, through }) => [
        ...(through === undefined ? [] : [through]),
        ...all
          .flat()
          .flatMap(({ object, field, per }) =>
            [field, ...(per === undefined ? [] : [per])].map((name) => `${object}.${name}`),
          ),
      ]),
  ),
]
