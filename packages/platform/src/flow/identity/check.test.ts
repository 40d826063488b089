import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { catalogueOf } from '#definitions'
import { problemsOf } from '#kernel/read.ts'
import { modelOf } from '#model'
import { problemsOfRuleset } from './check.ts'
import { type Criterion, type Ruleset, rulesetSchema } from './definition.ts'
import { formOf } from './forms.ts'
import { rulesetKind } from './kinds.ts'

const model = modelOf([])
const sound: Ruleset = {
  key: 'people',
  on: 'individual',
  match: [
    {
      key: 'email',
      all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' }],
    },
  ],
  reconcile: { default: 'last_updated' },
}

const rule = (object: string, field: string, by: Criterion['by'] = 'exact'): Ruleset =>
  asking({ object, field, by })

const asking = (...all: Criterion[]): Ruleset => ({ ...sound, match: [{ key: 'rule', all }] })

const said = (of: Ruleset, others: readonly Ruleset[] = []) =>
  problemsOfRuleset(of, model, others).map(({ at, say }) => `${at}: ${say}`)

describe('a ruleset', () => {
  test('that is sound has no problems', () => {
    expect(said(sound)).toEqual([])
    expect(said({ ...rule('individual', 'primary_account_id'), on: 'account' })).toEqual([])
  })

  test('may ask for what is alike, for kinds that agree, and choose each field in its own way', () => {
    const criteria: Criterion[] = [
      { object: 'individual', field: 'first_name', by: 'fuzzy', precision: 'low' },
      { object: 'individual', field: 'last_name', by: 'fuzzy' },
      { object: 'contact_point_address', field: 'address_line_1', by: 'fuzzy', precision: 'high' },
      {
        object: 'party_identification',
        field: 'identification_number',
        by: 'exact',
        per: 'identification_type',
      },
    ]
    expect(said(asking(...criteria))).toEqual([])
    const trusting = { rule: 'source_priority' as const, sources: ['crm'] }
    const fields = { city: trusting, 'contact_point_email.email_address': trusting }
    const reconcile: Ruleset['reconcile'] = { default: 'last_updated', fields }
    const read = { on: 'individual', match: asking(...criteria).match, reconcile }
    expect(problemsOf(rulesetSchema, read)).toEqual([])
    expect(said({ ...asking(...criteria), reconcile })).toEqual([])
  })

  test.each([
    [
      rule('contact_point_email', 'email_address', 'fuzzy'),
      'match[0].all[0].by: contact_point_email.email_address cannot be compared fuzzily; compare it with "by: normalised"',
    ],
    [
      rule('individual', 'birth_date', 'fuzzy'),
      'match[0].all[0].by: individual.birth_date cannot be compared fuzzily; compare it with "by: exact"',
    ],
    [
      asking({ object: 'individual', field: 'last_name', by: 'exact', precision: 'low' }),
      'match[0].all[0].precision: "precision" is for fuzzy comparison; "by: exact" has none. Set "by: fuzzy" or leave it out',
    ],
    [
      asking({ object: 'individual', field: 'last_name', by: 'exact', per: 'kind' }),
      'match[0].all[0].per: individual has no field "kind"',
    ],
    [
      rule('individual', 'country', 'normalised'),
      'match[0]: individual.country alone would make strangers one; add a criterion that tells people apart',
    ],
    [
      asking(
        { object: 'individual', field: 'gender', by: 'exact' },
        { object: 'individual', field: 'is_anonymous', by: 'exact' },
      ),
      'match[0]: individual.gender, individual.is_anonymous alone would make strangers one; add a criterion that tells people apart',
    ],
    [
      {
        ...sound,
        reconcile: {
          default: 'last_updated',
          fields: { city: { rule: 'source_priority', sources: [] } },
        },
      },
      'reconcile.sources: source_priority needs "sources": the source systems, the most trusted first',
    ],
    [
      {
        ...sound,
        limits: {
          identifiers: [
            { object: 'party_identification', field: 'identification_number', only: ['login'] },
          ],
        },
      },
      'limits.identifiers[0].only: "only" names kinds, so it needs "per": the field that says what kind a value is',
    ],
    [
      rule('contact_point_emial', 'email_address'),
      'match[0].all[0].object: there is no model object "contact_point_emial"; did you mean "contact_point_email"?',
    ],
    [
      rule('contact_point_email', 'emailaddress'),
      'match[0].all[0].field: contact_point_email has no field "emailaddress"; did you mean "email_address"?',
    ],
    [
      rule('product', 'name'),
      'match[0].all[0].object: product has no field that links to individual, so its values cannot tell who is who',
    ],
    [
      rule('individual', 'gender', 'normalised'),
      'match[0].all[0].by: there is no way to normalise individual.gender; compare it with "by: exact"',
    ],
    [
      { ...sound, match: [...sound.match, ...sound.match] },
      'match[1].key: there are two rules called "email"',
    ],
    [
      { ...sound, match: [{ key: 'nothing', all: [] }] },
      'match[0].all: a ruleset needs at least one match rule, and a rule at least one criterion',
    ],
    [
      { ...sound, reconcile: { default: 'source_priority' } },
      'reconcile.sources: source_priority needs "sources": the source systems, the most trusted first',
    ],
    [
      { ...sound, reconcile: { default: 'last_updated', fields: { frist_name: 'most_frequent' } } },
      'reconcile.fields.frist_name: individual has no field "frist_name"; did you mean "first_name"?',
    ],
    [
      {
        ...sound,
        limits: { identifiers: [{ object: 'party_identification', field: 'identification_no' }] },
      },
      'limits.identifiers[0].field: party_identification has no field "identification_no"; did you mean "identification_name"?',
    ],
    [
      {
        ...sound,
        limits: {
          identifiers: [
            { object: 'party_identification', field: 'identification_number', per: 'kind' },
          ],
        },
      },
      'limits.identifiers[0].per: party_identification has no field "kind"',
    ],
    [
      { ...sound, limits: { blocked: { 'contact_point_email.email': ['x'] } } },
      'limits.blocked.contact_point_email.email: no match rule uses "contact_point_email.email", so blocking values of it has no effect; did you mean "contact_point_email.email_address"?',
    ],
  ] as [Ruleset, string][])('is told what is wrong %#', (of, expected) => {
    expect(said(of)).toEqual([expected])
  })

  test('is alone for what it unifies', () => {
    expect(said(sound, [sound])).toEqual([])
    expect(said({ ...sound, key: 'more' }, [sound])).toEqual([
      'on: individual is already unified by the ruleset "people"; there can be only one',
    ])
    expect(said({ ...rule('account', 'name'), on: 'account' }, [sound])).toEqual([])
  })

  test('does not unify what has fields called like the columns of profiles', () => {
    const party = { label: 'Individual', subject_area: 'party', category: 'profile' } as const
    const extended = modelOf([
      { key: 'individual', body: { ...party, fields: { profile: { type: 'text' } } } },
    ])
    expect(problemsOfRuleset(sound, extended)).toMatchObject([{ code: 'identity.reserved_field' }])
  })

  test('has at least one rule and one criterion', () => {
    const { key, ...body } = sound
    expect(problemsOf(rulesetSchema, { ...body, match: [] }).map(({ at }) => at)).toEqual(['match'])
    expect(
      problemsOf(rulesetSchema, { ...body, match: [{ key, all: [] }] }).map(({ at }) => at),
    ).toEqual(['match[0].all'])
  })
})

test('as a kind of definition it sees the other rulesets and the model as they would be', () => {
  const { key, ...body } = sound
  const device = {
    label: 'Device',
    subject_area: 'party',
    category: 'profile',
    fields: {
      id: { type: 'text' },
      serial: { type: 'text' },
      owner_id: { type: 'text', links_to: 'individual' },
    },
  }
  const match = [{ key: 'device', all: [{ object: 'device', field: 'serial', by: 'exact' }] }]
  const all = catalogueOf([
    { kind: 'model_object', key: 'device', body: device },
    { kind: 'ruleset', key, body },
  ])
  const check = (name: string, of: unknown) =>
    rulesetKind.check?.(of, all, { kind: 'ruleset', key: name })
  expect(check(key, { ...body, match })).toEqual([])
  expect(check('other', body)).toMatchObject([{ code: 'identity.one_ruleset' }])
  expect(rulesetKind.needs?.({ ...body, match })).toEqual([
    { kind: 'model_object', key: 'device', at: 'match[0].all[0].object' },
  ])
  expect(rulesetKind.needs?.(body)).toEqual([])
})

test('the form of a field is told by its name', () => {
  const forms = model.objects.flatMap((object) =>
    Object.entries(object.fields).flatMap(([name, field]) => {
      const form = formOf(object.key, name, field)
      return form && object.subject_area === 'party' ? [`${object.key}.${name} ${form}`] : []
    }),
  )
  expect(forms).toMatchInlineSnapshot(`
    [
      "individual.first_name name",
      "individual.middle_name name",
      "individual.last_name name",
      "individual.person_name name",
      "individual.city name",
      "individual.country country",
      "account.name company",
      "account.website website",
      "account.phone phone",
      "account.address_line_1 street",
      "account.postal_code postcode",
      "account.city name",
      "account.country country",
      "household.name name",
      "household.address_line_1 street",
      "household.postal_code postcode",
      "household.city name",
      "household.country country",
      "contact_point_email.email_address email",
      "contact_point_phone.telephone_number phone",
      "contact_point_phone.country country",
      "contact_point_address.address_line_1 street",
      "contact_point_address.address_line_2 street",
      "contact_point_address.postal_code postcode",
      "contact_point_address.city name",
      "contact_point_address.state name",
      "contact_point_address.country country",
      "party_identification.identification_name name",
      "lead.company_name company",
    ]
  `)
})

test('no ruleset is called like a fixed address of the room, of those that the server has', () => {
  const endpoints = new URL('../../../e2e/goldens/openapi.txt', import.meta.url)
  const paths = readFileSync(endpoints, 'utf8').matchAll(/ \/api\/identity\/(\w+)/g)
  const fixed = new Set([...paths].map(([, word = '']) => word))
  expect(fixed.size).toBeGreaterThan(3)
  for (const key of fixed)
    expect(problemsOfRuleset({ ...sound, key }, model)).toMatchObject([
      { code: 'identity.reserved_key', at: 'key' },
    ])
})

test('a stream that is said to be clean must be there, whether a ruleset of rules says so or one with a model', () => {
  const { key: _, ...body } = sound
  const limits = { clean_streams: ['reg'] }
  const needed = rulesetKind.needs?.({ ...body, limits, model: { use: 'm', ...limits } }) ?? []
  expect(needed.filter(({ kind }) => kind === 'stream')).toEqual([
    { kind: 'stream', key: 'reg', at: 'limits.clean_streams[0]' },
    { kind: 'stream', key: 'reg', at: 'model.clean_streams[0]' },
  ])
})
