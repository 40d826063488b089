import { expect, test } from 'vitest'
import { catalogueOf, defineKind, type Kind } from '#definitions'
import { describeKinds, trial } from '#definitions/testing'
import { object, oneOf, text } from '#kernel/read.ts'
import { type ModelObjectDefinition, modelObjectSchema, modelOf } from '#model'
import { makeForesight } from '#outgoing'
import { activationKinds, problemsOfSettings } from './kinds.ts'

const segmentKind: Kind = defineKind({
  kind: 'segment',
  label: 'Segment',
  schema: object({ on: oneOf(['individual', 'account']) }),
})
const insightKind: Kind = defineKind({
  kind: 'insight',
  label: 'Insight',
  schema: object({ sql: text() }),
})
const shapeBy = (...dimensions: readonly string[]) => ({
  on: 'individual' as const,
  dimensions,
  measures: new Map([['total', undefined]]),
})
const ours = activationKinds({
  modelIn: (all) =>
    modelOf(
      all.list<ModelObjectDefinition>('model_object').map(({ key, body }) => ({ key, body })),
    ),
  shapesIn: () => ({
    shapes: new Map([
      ['value', shapeBy('profile_id')],
      ['by_country', shapeBy('profile_id', 'country')],
    ]),
  }),
})
const kinds = [segmentKind, insightKind, ...ours]

describeKinds(ours)

const around = `
kind: segment
key: vips
on: individual
---
kind: segment
key: dealers
on: account
---
kind: insight
key: value
sql: select 1
---
kind: insight
key: by_country
sql: select 1
---
kind: destination
key: shop
type: webhook
settings:
  url: https://example.com/in
  secret: { secret: shop_hook }
---
`

const problemsOf = (documents: string) =>
  trial(kinds, around + documents).plan.problems.map(({ path, say }) => `${path}: ${say}`)

const activation = (of: { segment?: string; destination?: string; attributes: string }) => `
kind: activation
key: vips_to_shop
segment: ${of.segment ?? 'vips'}
destination: ${of.destination ?? 'shop'}
send: changes
attributes: [${of.attributes}]
`

test('accepts fields, measures and contact points', () => {
  const attributes = `
    { as: First name, field: first_name }, { as: total, insight: value.total },
    { as: Email, contact_point: email, sources: [crm] }`
  expect(problemsOf(activation({ attributes }))).toEqual([])
})

test('tells everything that is wrong at once, each at its place', () => {
  const attributes = `
    { as: a, field: frist_name }, { as: A, field: city }, { as: profile_id, field: city },
    { as: b, insight: value.totl }, { as: c, insight: valu.total }, { as: d, field: id }`
  const found = problemsOf(activation({ segment: 'vip', destination: 'shp', attributes }))
  expect(found).toEqual([
    expect.stringMatching(/^segment: .*"vip".*did you mean "vips"/),
    expect.stringMatching(/^destination: .*"shp".*did you mean "shop"/),
    expect.stringMatching(/^attributes\[4\]\.insight: .*"valu".*did you mean "value"/),
    expect.stringMatching(/^attributes\[1\]\.as: two attributes are called "A"/),
    expect.stringMatching(/^attributes\[2\]\.as: every row has a "profile_id"/),
    expect.stringMatching(/^attributes\[3\]\.insight: .*"totl".*did you mean "total"/),
  ])
})

test('fields are those of what the segment is made of', () => {
  const attributes =
    '{ as: a, field: frist_name }, { as: d, field: id }, { as: e, field: industry }'
  expect(problemsOf(activation({ attributes }))).toEqual([
    expect.stringMatching(/^attributes\[0\]\.field: .*did you mean "first_name"/),
    expect.stringMatching(/^attributes\[1\]\.field: individual has no field "id"/),
    expect.stringMatching(/^attributes\[2\]\.field: individual has no field "industry"/),
  ])
  const ofDealers = '{ as: a, field: industry }, { as: b, contact_point: email }'
  expect(problemsOf(activation({ segment: 'dealers', attributes: ofDealers }))).toEqual([])
})

test('only insights with one value for a person can be sent', () => {
  expect(problemsOf(activation({ attributes: '{ as: a, insight: by_country.total }' }))).toEqual([
    expect.stringMatching(/^attributes\[0\]\.insight: .* its dimensions are profile_id, country/),
  ])
})

test('fields that users have added may be sent', () => {
  const object = `
kind: model_object
key: individual
label: Individual
subject_area: party
category: profile
fields: { shoe_size: { type: integer } }
---
`
  const attributes = '{ as: shoe, field: shoe_size }'
  const anything = defineKind({
    kind: 'model_object',
    label: 'Model object',
    schema: modelObjectSchema,
  })
  const { plan } = trial([...kinds, anything], around + object + activation({ attributes }))
  expect(plan.problems).toEqual([])
})

const destination = (settings: string, type = 'webhook') => `
kind: destination
key: other
type: ${type}
settings: { ${settings} }
`

test.each([
  ['an unknown type', destination('', 'webhok'), 'type: .*did you mean "webhook"'],
  ['a file to a webhook', destination('folder: x'), 'settings.url: is missing'],
  ['a bad address', destination('url: example.com, secret: { secret: x }'), 'settings.url: '],
  ['a bad name', destination('folder: x, format: csv, name: x', 'file'), 'settings.name: needs'],
])('refuses %s', (_, document, say) => {
  expect(problemsOf(document).join('\n')).toMatch(new RegExp(say))
})

test('a secret in plain is refused and not repeated', () => {
  const found = problemsOf(destination('url: https://example.com, secret: whsec_hidden'))
  expect(found).toEqual([expect.stringMatching(/^settings\.secret: expects \{ secret/)])
  expect(found.join()).not.toContain('hidden')
})

test('formulas, lists, contact points and filters are checked against the model', () => {
  const attributes = `
    { as: a, formula: "upper(frist_name)" },
    { as: b, related: sales_ordr, fields: [{ as: x, field: id }] },
    { as: c, related: product, fields: [{ as: x, field: id }] },
    { as: d, related: sales_order, fields: [{ as: x, field: numbr }, { as: x, field: status }], where: "status", order: { field: when } },
    { as: e, contact_point: phone }`
  const document = `${activation({ attributes })}
filter: first_name
updates: true
`
  expect(problemsOf(document)).toEqual([
    expect.stringMatching(/^attributes\[0\]\.formula\.line 1, column 7: .*frist_name.*first_name/),
    expect.stringMatching(/^attributes\[1\]\.related: .*"sales_ordr".*sales_order/),
    expect.stringMatching(/^attributes\[2\]\.related: no field of "product" leads to "individual"/),
    expect.stringMatching(/^attributes\[3\]\.fields\[0\]\.field: .*"numbr"/),
    expect.stringMatching(/^attributes\[3\]\.order\.field: .*"when"/),
    expect.stringMatching(/^attributes\[3\]\.fields\[1\]\.as: two attributes/),
    expect.stringMatching(/^attributes\[3\]\.where: should be true or false, but gives text/),
    expect.stringMatching(/^filter: should be true or false, but gives text/),
  ])
})

test('what a destination speaks of has to be sent, in a way that it takes', () => {
  const mails = `
kind: destination
key: mails
type: email
settings: { host: mail.example.com, from: a@example.com, to: Mail, subject: 'Hi {{Name}}', text: Hi }
---
`
  const document = activation({
    destination: 'mails',
    attributes: '{ as: mail, contact_point: email }',
  }).replace('send: changes', 'send: everything')
  expect(problemsOf(`${mails}${document}updates: true\n`)).toEqual([
    'updates: updates are told of changes; everything is sent anew anyway',
    'send: to E-mail only changes can be sent',
    expect.stringMatching(/^attributes: .* needs an attribute "Mail".*"mail"/),
    expect.stringMatching(/^attributes: .* needs an attribute "Name"/),
  ])
})

test('a table holds the members of one activation', () => {
  const table = (key: string, more = '') => `
kind: destination
key: ${key}
type: postgres
settings: { host: db.example.com, database: crm, user: tessera, password: { secret: db }, table: members${more} }
---
`
  const named = (key: string, destination: string) =>
    activation({ destination, attributes: '' }).replace('vips_to_shop', key)
  const one = named('one', 'there')
  const both = `${one}---\n${named('two', 'too')}`
  expect(problemsOf(`${table('there')}${one}`)).toEqual([])
  expect(problemsOf(`${table('there')}${table('too', '_too')}${both}`)).toEqual([])
  const say = 'destination: the table public.members of crm at db.example.com:5432 can hold'
  // Two destinations may lead to one table, too.
  expect(problemsOf(`${table('there')}${table('too')}${both}`)).toEqual([
    expect.stringContaining(say),
    expect.stringContaining(say),
  ])
})

test('what deliveries would meet is foreseen: closed addresses, folders, secrets that cannot sign, sources of no mapping', async () => {
  const [destination, activation] = activationKinds(
    { modelIn: () => modelOf([]), shapesIn: () => ({ shapes: new Map() }) },
    {
      refusalOf: makeForesight(['127.0.0.1:9000']),
      secret: async (name) => {
        if (name === 'later') throw new Error('it is not there yet')
        return name === 'short' ? 'whsec_abc' : `whsec_${'A'.repeat(32)}`
      },
      folders: { base: '/data/out', allowed: ['/srv/out'] },
    },
  )
  const self = { kind: '', key: '' }
  const toldOf = async (type: string, settings: unknown) => {
    const told = await destination?.warn?.({ type, settings }, catalogueOf([]), self)
    return told?.map(({ code, at }) => `${code} ${at}`)
  }
  const hook = (url: string, secret = 'good') =>
    toldOf('webhook', { url, secret: { secret }, batch_size: 5 })
  expect(await hook('https://example.com/in', 'later')).toEqual([])
  expect(await hook('http://127.0.0.1:9000/in')).toEqual([])
  expect(await hook('http://localhost:8080/in', 'short')).toEqual([
    'outgoing.private_address settings.url',
    'outgoing.bad_secret settings.secret',
  ])
  const table = { database: 'd', user: 'u', password: { secret: 'p' }, table: 't' }
  expect(await toldOf('postgres', { ...table, host: '10.0.0.5' })).toEqual([
    'outgoing.private_address settings.host',
  ])
  const mail = { from: 'a@b.org', to: 'Email', subject: 's', text: 't' }
  expect(await toldOf('email', { ...mail, host: '192.168.0.1' })).toEqual([
    'outgoing.private_address settings.host',
  ])
  const file = (folder: string, to?: object) =>
    toldOf('file', { folder, format: 'csv', ...(to ? { to } : {}) })
  expect(await file('/srv/out/crm')).toEqual([])
  expect(await file('/etc')).toEqual(['activation.folder_outside settings.folder'])
  expect(await file('/etc', { sftp: { host: '::1', user: 'u' } })).toEqual([
    'outgoing.private_address settings.to.sftp.host',
  ])
  expect(await file('x', { s3: { bucket: 'abc', endpoint: 'http://169.254.169.254' } })).toEqual([
    'outgoing.private_address settings.to.s3.endpoint',
  ])
  const consent = { channel: 'emial', basis: 'required' }
  const odd = await activation?.warn?.({ attributes: [], consent }, catalogueOf([]), self)
  expect(odd).toMatchObject([{ code: 'consent.odd_channel', at: 'consent.channel' }])
  const crm = { kind: 'mapping', key: 'm', body: { qualifier: 'crm' } }
  const email = { as: 'Email', contact_point: 'email', sources: ['crm', 'crn'] }
  const told = await activation?.warn?.({ attributes: [email] }, catalogueOf([crm]), self)
  expect(told).toMatchObject([
    {
      code: 'activation.source_nowhere',
      at: 'attributes[0].sources[1]',
      say: expect.stringContaining('did you mean "crm"'),
    },
  ])
})

test('a folder that leads out of the one for outgoing files is refused where it is defined', () => {
  expect(
    problemsOfSettings({ type: 'file', settings: { folder: '../../etc', format: 'csv' } }),
  ).toMatchObject([{ code: 'activation.folder_outside', at: 'settings.folder' }])
  const to = { sftp: { host: 'example.com', user: 'u' } }
  expect(
    problemsOfSettings({ type: 'file', settings: { folder: '../x', format: 'csv', to } }),
  ).toEqual([])
})
