import { expect, test } from 'vitest'
import { readFiles } from '#definitions'
import { memoryEngine } from '#engine/testing'
import { problemsOf } from '#kernel/read.ts'
import { modelOf } from '#model'
import { problemsOfRuleset } from './check.ts'
import { proposeRulesets } from './default-routes.ts'
import { askedByDefaults, defaultRulesets } from './defaults.ts'
import { rulesetSchema } from './definition.ts'
import { guarded } from './guards.ts'
import { putRows, unify } from './testing/index.ts'

const model = modelOf([])

const rulesWith = (...filled: string[]) =>
  Object.fromEntries(
    defaultRulesets(model, (address) => filled.includes(address)).map(({ key, match }) => [
      key,
      match.map((rule) => rule.key),
    ]),
  )

test('with everything filled, every rule is there and sound', () => {
  const all = defaultRulesets(model, () => true)
  expect(all.map(({ key, match }) => [key, match.map((rule) => rule.key)])).toEqual([
    [
      'people',
      ['same_number', 'name_and_email', 'name_and_phone', 'name_and_address', 'cookie', 'device'],
    ],
    [
      'accounts',
      ['same_number', 'name_and_number', 'name_and_website', 'name_and_phone', 'name_and_address'],
    ],
  ])
  for (const ruleset of all) expect(problemsOfRuleset(ruleset, model)).toEqual([])
  for (const address of askedByDefaults) {
    const [object = '', field = ''] = address.split('.')
    expect(Object.keys(model.get(object).fields)).toContain(field)
  }
})

test('rules ask for filled fields only', () => {
  const name = ['individual.first_name', 'individual.last_name']
  const mail = 'contact_point_email.email_address'
  expect(rulesWith()).toEqual({})
  expect(rulesWith(mail)).toEqual({ people: ['email'] })
  expect(rulesWith(...name)).toEqual({})
  expect(rulesWith(...name, mail)).toEqual({ people: ['name_and_email'] })
  expect(rulesWith('individual.person_name', mail)).toEqual({ people: ['name_and_email'] })
  const number = 'party_identification.identification_number'
  const kind = 'party_identification.identification_name'
  expect(rulesWith(number, 'party_identification.individual_id')).toEqual({})
  expect(rulesWith(number, kind), 'of nobody').toEqual({})
  expect(rulesWith(number, kind, 'party_identification.individual_id')).toEqual({
    people: ['same_number'],
  })
  expect(rulesWith(number, kind, 'party_identification.account_id')).toEqual({
    accounts: ['same_number'],
  })
  expect(rulesWith('account.name', 'account.website')).toEqual({ accounts: ['name_and_website'] })
})

test('what is proposed over records can be applied as it is, and finds them', async () => {
  const engine = await memoryEngine()
  await putRows(engine, model, 'individual', [
    { id: '1', first_name: 'Bob', last_name: 'Müller' },
    { id: '2', first_name: 'Robert', last_name: 'Mueller' },
    { id: '3', first_name: 'Eve', last_name: 'Müller' },
    { id: '4', first_name: '', last_name: '' },
  ])
  await putRows(
    engine,
    model,
    'contact_point_email',
    ['1', '2', '3', '4'].map((id) => ({ id, individual_id: id, email_address: 'home@mueller.de' })),
  )
  await putRows(engine, model, 'contact_point_phone', [
    { id: '1', individual_id: '1', telephone_number: ' ' },
  ])
  const [proposed, ...others] = await proposeRulesets(engine, model)
  expect(others).toEqual([])
  expect(proposed).toMatchObject({ ruleset: 'people', on: 'individual', rules: 1 })
  const { documents, problems } = readFiles([{ file: 'people', text: proposed?.yaml ?? '' }])
  expect(problems).toEqual([])
  expect(documents[0]).toMatchObject({ kind: 'ruleset', key: 'people' })
  expect(problemsOf(rulesetSchema, documents[0]?.body)).toEqual([])
  const [ruleset] = defaultRulesets(model, (address) =>
    ['individual.first_name', 'individual.last_name', 'contact_point_email.email_address'].includes(
      address,
    ),
  )
  expect(await unify(engine, model, guarded(ruleset!))).toMatchObject({ records: 4, profiles: 3 })
})
