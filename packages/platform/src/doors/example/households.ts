import { dayMs } from './instants.ts'
import { type Home, newHome, newPerson } from './people.ts'
import type { Person } from './person.ts'
import { newPlace } from './places.ts'
import { between, chance, pickWeighted } from './random.ts'
import type { World } from './world.ts'

const yearMs = 365.25 * dayMs
const oneToFourPeople = [58, 30, 8, 4]
const shares = { junior: 0.03, namesake: 0.02 }

/** One to four people of one home; some have a junior, or a stranger in town, of the same name. */
export function newHousehold(world: World): readonly Person[] {
  const { random } = world
  const size = 1 + pickWeighted(random, oneToFourPeople)
  const home = newHome(newPlace(random), size === 1 ? 'one person' : 'several people', world)
  const people = Array.from({ length: size }, () => newPerson(home, world))
  const [first] = people
  if (!first) return people
  if (chance(random, shares.junior)) people.push(...newJunior(first, home, world))
  if (chance(random, shares.namesake)) people.push(newNamesake(first, world))
  return people
}

/** A grown-up child with the name and home of the parent, if the parent is old enough for one. */
function newJunior({ given, family, bornAt }: Person, home: Home, world: World): readonly Person[] {
  const bornLater = bornAt + between(world.random, 21, 33) * yearMs + 100 * dayMs
  if (bornLater > world.asOf - 18 * yearMs) return []
  return [newPerson(home, world, { given, family, bornAt: bornLater })]
}

/** A stranger with the same name in the same town. */
function newNamesake({ given, family, country, address }: Person, world: World): Person {
  const home = newHome({ country, city: address.city }, 'one person', world)
  return newPerson(home, world, { given, family })
}
