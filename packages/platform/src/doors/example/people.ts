import type { Country } from './countries/country.ts'
import { newFamilyName } from './family-names.ts'
import { dayMs } from './instants.ts'
import { fixedMailbox, type Holder, newMailbox, plainLetters } from './mailboxes.ts'
import type { Address, Job, Person, Place } from './person.ts'
import { newLandline, newMobile, type Phone } from './phones.ts'
import { newAddress, newPlaceNear } from './places.ts'
import { between, chance, pickCommon } from './random.ts'
import type { World } from './world.ts'

/** What the members of a household have in common. */
export interface Home extends Place {
  readonly family: string
  readonly address: Address
  readonly landline: Phone | undefined
  readonly email: string | undefined
}

/** What is settled about a person before the dice are thrown for the rest. */
interface Settled {
  readonly given?: string
  readonly family?: string
  readonly bornAt?: number
  readonly job?: (name: { given: string; family: string }) => Job
}

const shares = {
  landline: 0.45,
  householdEmail: 0.22,
  otherEmail: 0.4,
  moved: 0.22,
  renamedWoman: 0.16,
  renamedMan: 0.02,
  ownFamilyName: 0.15,
}

/** A home in the place, some with a landline, and those of several people some with one mailbox. */
export function newHome(place: Place, holds: 'one person' | 'several people', world: World): Home {
  const { random } = world
  const { country, city } = place
  const family = newFamilyName(country, random)
  const landline = chance(random, shares.landline) ? newLandline(country, city, world) : undefined
  const isShared = holds === 'several people' && chance(random, shares.householdEmail)
  const email = isShared ? newFamilyMailbox(family, country, world) : undefined
  return { country, city, family, address: newAddress(place, random), landline, email }
}

/** Someone who lives in the home. */
export function newPerson(home: Home, world: World, settled: Settled = {}): Person {
  const { random } = world
  const { country } = home
  const isWoman = chance(random, 0.5)
  const isRenamed = chance(random, isWoman ? shares.renamedWoman : shares.renamedMan)
  const hasMoved = chance(random, shares.moved)
  const given = settled.given ?? pickCommon(random, isWoman ? country.women : country.men)
  const family = settled.family ?? familyNameIn(home, world)
  const bornAt = settled.bornAt ?? newBirth(world)
  return {
    country,
    given,
    nickname: country.nicknames.get(given),
    family,
    formerFamily: isRenamed ? newFamilyName(country, random) : undefined,
    bornAt,
    address: home.address,
    formerAddress: hasMoved ? newAddress(newPlaceNear(home, random), random) : undefined,
    mobile: newMobile(country, home.city, world),
    landline: home.landline,
    householdEmail: home.email,
    ...newMailboxes({ given, family, country }, world),
    job: settled.job?.({ given, family }),
  }
}

function newMailboxes(holder: Holder, world: World): Pick<Person, 'email' | 'otherEmail'> {
  const { random } = world
  const open = () => newMailbox(holder, pickCommon(random, holder.country.mailDomains), world)
  return { email: open(), otherEmail: chance(random, shares.otherEmail) ? open() : undefined }
}

const familyNameIn = (home: Home, { random }: World): string =>
  chance(random, shares.ownFamilyName) ? newFamilyName(home.country, random) : home.family

// From 18 to 88; the sum of two throws makes the middle ages the commonest.
const newBirth = ({ random, asOf }: World): number =>
  asOf - Math.floor((18 + 35 * (random() + random())) * 365.25) * dayMs

const familyWords = new Map([
  ['de', 'familie'],
  ['fr', 'famille'],
  ['es', 'familia'],
  ['it', 'famiglia'],
  ['nl', 'familie'],
  ['sv', 'familjen'],
])

function newFamilyMailbox(family: string, country: Country, world: World): string | undefined {
  const { random } = world
  const word = familyWords.get(country.language) ?? 'family'
  const number = chance(random, 0.5) ? '' : String(between(random, 2, 9999))
  const name = `${word}.${plainLetters(family, country)}${number}`
  return fixedMailbox(name, pickCommon(random, country.mailDomains), world)
}
