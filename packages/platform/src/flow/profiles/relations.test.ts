import { describe, expect, test } from 'vitest'
import type { Engine } from '#engine'
import { memoryEngine } from '#engine/testing'
import type { Ruleset } from '#identity'
import { putRows, unify } from '#identity/testing'
import { problemsOf } from '#kernel/read.ts'
import { prepareLake } from '#lake'
import { type Model, modelOf } from '#model'
import { type Group, groupParams, groupSchema, type Relations, relationsSchema } from './api.ts'
import { makeProfiles } from './profiles.ts'

const link = (to: string) => ({ type: 'text' as const, links_to: to })
const club = {
  label: 'Club',
  subject_area: 'party',
  category: 'profile' as const,
  fields: { id: { type: 'text' as const }, name: { type: 'text' as const } },
  shows: ['name'],
}
const model = modelOf([
  { key: 'club', body: club },
  {
    key: 'individual',
    body: {
      label: 'Individual',
      subject_area: 'party',
      category: 'profile',
      fields: { club_id: { ...link('club'), label: 'Member of' }, spouse_id: link('individual') },
    },
  },
])
const ruleset: Ruleset = {
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
const accounts: Ruleset = {
  key: 'accounts',
  on: 'account',
  match: [{ key: 'name', all: [{ object: 'account', field: 'name', by: 'normalised' }] }],
  reconcile: { default: 'last_updated' },
}

type Cells = Readonly<Record<string, string>> & { readonly id: string }
type Put = Readonly<Record<string, readonly Cells[]>>

async function opened(put: Put, rulesets: readonly Ruleset[] = [ruleset], of: Model = model) {
  const engine: Engine = await memoryEngine()
  await prepareLake(engine)
  for (const [object, rows] of Object.entries(put))
    await putRows(
      engine,
      of,
      object,
      rows.map((row) => ({ source: 'crm', ...row })),
    )
  for (const one of rulesets) await unify(engine, of, one)
  const profiles = makeProfiles({ engine, model: async () => of, rulesets: async () => rulesets })
  const idOf = async (id: string) => (await profiles.byRecord('crm', id)).profiles[0]?.id ?? ''
  return { profiles, idOf }
}

/** Ties as people say them: who, to what, how. */
function said({ nodes, ties }: Pick<Relations, 'nodes' | 'ties'>): readonly string[] {
  const named = new Map(nodes.map(({ key, name }) => [key, name]))
  return ties
    .map(({ from, to, say }) => `${named.get(from)} -> ${named.get(to)}: ${say}`)
    .toSorted()
}

const person = (
  id: string,
  first: string,
  last: string,
  more: Readonly<Record<string, string>> = {},
): Cells => ({
  id,
  first_name: first,
  last_name: last,
  ...more,
})
const home = (id: string, street: string, city: string): Cells => ({
  id: `${id}h`,
  individual_id: id,
  address_line_1: street,
  postal_code: '50667',
  city,
})

const people = [
  person('1', 'Ada', 'Byron', { primary_account_id: 'A', club_id: 'C', spouse_id: '2' }),
  person('2', 'Bob', 'Byron'),
  person('3', 'Cleo', 'Stone'),
  person('4', 'Dan', 'West', { club_id: 'C' }),
  person('5', 'Eve', 'Lone'),
]
const everything: Put = {
  individual: people,
  account: [
    { id: 'A', name: 'Acme', city: 'Bonn', parent_account_id: 'H' },
    { id: 'B', name: 'ACME ', city: 'Bonn' },
    { id: 'H', name: 'Holding' },
  ],
  account_contact: [
    { id: 'c3', individual_id: '3', account_id: 'B', title: 'Buyer' },
    { id: 'c4', individual_id: '4', account_id: 'A' },
  ],
  club: [{ id: 'C', name: 'Chess' }],
  contact_point_address: [
    home('1', 'Hauptstr. 1', 'Köln'),
    home('2', 'HAUPTSTRASSE 1', 'KÖLN'),
    home('3', 'Hauptstraße 1', 'Köln'),
    home('4', 'Nebenweg 2', 'Köln'),
    { id: '5h', individual_id: '5', city: 'Köln' },
  ],
}

const whole = opened(everything)

describe('whom somebody has to do with', () => {
  test('accounts, their contacts, groups of one\u2019s own objects, the household, and who is named', async () => {
    const { profiles, idOf } = await whole
    const found = await profiles.relations(await idOf('1'))
    expect(problemsOf(relationsSchema, found)).toEqual([])
    expect(found.nodes[0]).toMatchObject({ kind: 'person', name: 'Ada Byron' })
    expect(said(found)).toEqual([
      'Acme -> Holding: Parent account',
      'Ada Byron -> Acme: Primary account',
      'Ada Byron -> Chess: Member of',
      'Ada Byron -> Hauptstr. 1, 50667, Köln: Reached at',
      'Bob Byron -> Ada Byron: spouse_id',
      'Bob Byron -> Hauptstr. 1, 50667, Köln: Same last name',
      'Cleo Stone -> Hauptstr. 1, 50667, Köln: Same address',
      'Dan West -> Acme: Account',
      'Dan West -> Chess: Member of',
    ])
    expect(found.ways).toEqual([])
  })

  test('an account is one, as far as a ruleset says so', async () => {
    const { profiles, idOf } = await opened(everything, [ruleset, accounts])
    const found = await profiles.relations(await idOf('3'))
    const account = found.nodes.find(({ object, people: of = 0 }) => object === 'account' && of > 0)
    const name = account?.name
    expect(said(found).filter((line) => line.includes(String(name)))).toEqual([
      `${name} -> Holding: Parent account`,
      `Ada Byron -> ${name}: Primary account`,
      `Cleo Stone -> ${name}: Buyer`,
      `Dan West -> ${name}: Account`,
    ])
    const group: Group = await profiles.group({
      object: 'account',
      record: account?.record ?? '',
    })
    expect(problemsOf(groupSchema, group)).toEqual([])
    expect(group.sources.map(({ id }) => id)).toEqual(['A', 'B'])
    expect(group.people.shown.map(({ name, say }) => `${name}: ${say}`).toSorted()).toEqual([
      'Ada Byron: Primary account',
      'Cleo Stone: Buyer',
      'Dan West: Account',
    ])
  })

  test('the account above shows those below', async () => {
    const { profiles, idOf } = await whole
    const { nodes } = await profiles.relations(await idOf('1'))
    const holding = nodes.find(({ name }) => name === 'Holding')
    const group = await profiles.group({ object: 'account', record: holding?.record ?? '' })
    expect(group.people).toEqual({ total: 0, shown: [] })
    expect(said(group.relations)).toEqual(['Acme -> Holding: Parent account'])
  })

  test('where nobody is related it is told what could be mapped, and what is', async () => {
    const { profiles, idOf } = await whole
    const { nodes, ties, ways } = await profiles.relations(await idOf('5'))
    expect([nodes.length, ties]).toEqual([1, []])
    expect(ways.map(({ object, field, is_filled }) => [object, field, is_filled])).toEqual([
      ['individual', 'club_id', true],
      ['individual', 'primary_account_id', true],
      ['individual', 'primary_household_id', false],
      ['account_contact', 'account_id', true],
    ])
    const bare = await opened({ individual: people.slice(4) })
    const alone = await bare.profiles.relations(await bare.idOf('5'))
    expect(alone.ways.map(({ is_filled }) => is_filled)).toEqual([false, false, false, false])
  })

  test('much is counted instead of drawn', async () => {
    const accountIds = Array.from({ length: 13 }, (_, i) => `A${i}`)
    const staff = accountIds.flatMap((account) =>
      Array.from({ length: 8 }, (_, i) => ({ id: `${account}-${i}`, account })),
    )
    const { profiles, idOf } = await opened({
      individual: [person('0', 'Boss', 'X'), ...staff.map(({ id }) => person(id, id, 'X'))],
      account: accountIds.map((id) => ({ id, name: `Account ${id}` })),
      account_contact: [
        ...accountIds.map((id) => ({ id: `boss ${id}`, individual_id: '0', account_id: id })),
        ...staff.map(({ id, account }) => ({ id, individual_id: id, account_id: account })),
      ],
    })
    const found = await profiles.relations(await idOf('0'))
    expect(found.nodes).toHaveLength(60)
    expect(found.groups_not_shown).toBe(1)
    const groups = found.nodes.filter(({ kind }) => kind === 'group')
    expect(groups).toHaveLength(12)
    for (const { key, people: total, not_shown = 0 } of groups) {
      expect(total).toBe(8)
      const drawn = found.ties.filter(({ from, to }) => to === key && from !== found.nodes[0]?.key)
      expect(drawn.length + not_shown).toBe(8)
    }
    const record = groups[0]?.record ?? ''
    const pages = await Promise.all(
      [0, 5].map((offset) => profiles.group({ object: 'account', record }, { limit: 5, offset })),
    )
    expect(pages.map(({ people: { total, shown } }) => [total, shown.length])).toEqual([
      [9, 5],
      [9, 4],
    ])
    const ids = pages.flatMap(({ people: { shown } }) => shown.map(({ profile }) => profile))
    expect(new Set(ids).size).toBe(9)
  })

  test('what one person has for themselves, and what is not there, has no page of its own', async () => {
    const { profiles } = await whole
    for (const object of ['account', 'sales_order', 'individual', 'nothing'])
      await expect(profiles.group({ object, record: '7' })).rejects.toMatchObject({
        code: 'profiles.unknown_group',
      })
  })
})

describe('a limit to one data space', () => {
  const spaced: Put = {
    individual: [
      person('1', 'Ada', 'Byron', { space: 'north' }),
      person('2', 'Ada', 'Byron', { space: 'south' }),
      person('3', 'Bob', 'Byron', { space: 'north' }),
    ],
    contact_point_address: [
      { ...home('1', 'Hauptstr. 1', 'Köln'), space: 'north' },
      { ...home('2', 'Hauptstr. 1', 'Köln'), space: 'south' },
      { ...home('3', 'Hauptstr. 1', 'Köln'), space: 'north' },
    ],
  }

  const world = opened(spaced)

  test('hides whoever is in another one from every search', async () => {
    const { profiles } = await world
    const within = 'north'
    const names = ({ profiles: all }: { profiles: readonly { id: string }[] }) => all.length
    expect(names(await profiles.search('byron'))).toBe(3)
    expect(names(await profiles.search('byron', { within }))).toBe(2)
    expect(names(await profiles.search('', { within }))).toBe(2)
    const [south] = (await profiles.byRecord('crm', '2')).profiles
    expect(await profiles.spaceOf(south?.id ?? '')).toBe('south')
    expect(names(await profiles.byRecord('crm', '2', { within }))).toBe(0)
    await expect(profiles.who(south?.id ?? '', { within })).rejects.toMatchObject({
      code: 'profiles.nobody',
    })
    const { profile } = await profiles.who('ada byron', { within })
    expect(profile?.space).toBe('north')
  })

  test('nobody lives with somebody of another one', async () => {
    const { profiles } = await world
    const ada = await profiles.who('ada byron', { within: 'north' })
    expect(said(await profiles.relations(ada.profile?.id ?? ''))).toEqual([
      'Ada Byron -> Hauptstr. 1, 50667, Köln: Reached at',
      'Bob Byron -> Hauptstr. 1, 50667, Köln: Same last name',
    ])
  })
})

test('a key that no record can have is refused', () => {
  const problems = problemsOf(groupParams, { object: 'account', record: '9999999999999999999' })
  expect(problems).toMatchObject([{ at: 'record' }])
})
