import { fixedMailbox, newMailbox, plainLetters } from './mailboxes.ts'
import { newHome, newPerson } from './people.ts'
import type { Dealer, Job, Person, Place } from './person.ts'
import { newLandline } from './phones.ts'
import { newAddress, newPlace } from './places.ts'
import { between, chance, pick, pickCommon, pickWeighted, type Random } from './random.ts'
import type { World } from './world.ts'

const industries = [
  'Bicycle retail',
  'Sports retail',
  'Bicycle rental',
  'Tourism',
  'Delivery services',
  'Corporate fleet',
  'Public sector',
]
const industryWeights = [55, 12, 11, 7, 6, 6, 3]
const titles = [
  'Purchasing Manager',
  'Owner',
  'Store Manager',
  'Managing Director',
  'Workshop Manager',
  'Sales Assistant',
  'Accountant',
  'Fleet Manager',
]
const staffSizes = [34, 27, 18, 11, 6, 4]

/** The people of one new dealer who have to do with us. */
export function newStaff(world: World): readonly Person[] {
  const { random } = world
  const place = newPlace(random)
  const dealer = openDealer(place, world)
  const size = 1 + pickWeighted(random, staffSizes)
  return Array.from({ length: size }, () => newEmployee(dealer, place, world))
}

function openDealer(place: Place, world: World): Dealer {
  const { random } = world
  const { name, domain, email } = newNameplate(place, world)
  return {
    name,
    legalName: `${name} ${place.country.dealers.form}`,
    industry: industries[pickWeighted(random, industryWeights)] ?? 'Bicycle retail',
    employees: between(random, 2, chance(random, 0.8) ? 25 : 400),
    domain,
    email,
    switchboard: newLandline(place.country, place.city, world),
    address: newAddress(place, random),
  }
}

/** A name whose domain nobody else has: the town is added before a number is. */
function newNameplate({ country, city }: Place, world: World) {
  const { random } = world
  for (let attempt = 0; ; attempt++) {
    const name = [companyName(random, country.dealers.words, country.families)]
    if (attempt > 0) name.push(city.name)
    if (attempt > 3) name.push(String(between(random, 2, 99_999)))
    const full = name.join(' ')
    const domain = `${plainLetters(full, country)}.example`
    const email = fixedMailbox('info', domain, world)
    if (email) return { name: full, domain, email }
  }
}

function companyName(random: Random, words: readonly string[], families: readonly string[]) {
  const [family, word] = [pickCommon(random, families), pick(random, words)]
  return chance(random, 0.5) ? `${family} ${word}` : `${word} ${family}`
}

function newEmployee(dealer: Dealer, place: Place, world: World): Person {
  const home = newHome(place, 'one person', world)
  const job = ({ given, family }: { given: string; family: string }): Job => ({
    dealer,
    title: pickCommon(world.random, titles),
    email: newMailbox({ given, family, country: place.country }, dealer.domain, world),
  })
  return newPerson(home, world, { job })
}
