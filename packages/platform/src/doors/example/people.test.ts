import { expect, test } from 'vitest'
import { newStaff } from './dealers.ts'
import { newHousehold } from './households.ts'
import { dayMs } from './instants.ts'
import type { Person } from './person.ts'
import { openWorld } from './world.ts'

const world = openWorld({ seed: 1, people: 10_000, asOf: new Date('2026-03-01') })
const households = Array.from({ length: 2000 }, () => newHousehold(world))
const everyone = households.flat()
const nameOf = ({ given, family }: Person) => `${given} ${family}`
const homeOf = ({ address }: Person) => `${address.street} ${address.postcode}`
/** Those who share something, in lists of two or more. */
function groups(key: (person: Person) => string | undefined): readonly (readonly Person[])[] {
  const lists = new Map<string, Person[]>()
  for (const person of everyone) {
    const shared = key(person)
    if (shared) lists.set(shared, [...(lists.get(shared) ?? []), person])
  }
  return [...lists.values()].filter(({ length }) => length > 1)
}

test('families share an address, some a landline and some a mailbox', () => {
  const [, several] = households.filter(({ length }) => length > 1)
  expect(several?.[0]?.address).toBe(several?.[1]?.address)
  expect(
    groups(({ landline }) => landline && landline.area + landline.rest).length,
  ).toBeGreaterThan(100)
  expect(groups(({ householdEmail }) => householdEmail).length).toBeGreaterThan(50)
})

test('nobody shares a mailbox or a mobile of their own', () => {
  const emails = everyone.flatMap(({ email, otherEmail }) =>
    otherEmail ? [email, otherEmail] : [email],
  )
  expect(new Set(emails).size).toBe(emails.length)
  expect(groups(({ mobile, country }) => country.code + mobile.area + mobile.rest)).toEqual([])
})

test('some juniors have the name and the home of a parent, and were born later', () => {
  const same = groups((person) => nameOf(person) + homeOf(person))
  expect(same.length).toBeGreaterThan(10)
  for (const [elder, younger] of same) expect(elder?.bornAt).not.toBe(younger?.bornAt)
})

test('some strangers in one town have the same name', () => {
  const same = groups((person) => nameOf(person) + person.address.city.name)
  const strangers = same.filter((who) => new Set(who.map(homeOf)).size > 1)
  expect(strangers.length).toBeGreaterThan(20)
})

test('everyone is grown up, and written in Latin-1', () => {
  for (const person of everyone) {
    expect(world.asOf - person.bornAt).toBeGreaterThan(17.9 * 365 * dayMs)
    expect(nameOf(person) + homeOf(person)).toMatch(/^[\x20-\xff]+$/)
  }
})

test('colleagues share a switchboard and a domain, which are those of one dealer only', () => {
  const staffs = Array.from({ length: 300 }, () => newStaff(world))
  const domains = staffs.map(([first]) => first?.job?.dealer.domain)
  expect(new Set(domains).size).toBe(staffs.length)
  for (const staff of staffs) expect(new Set(staff.map(({ job }) => job?.dealer)).size).toBe(1)
})
