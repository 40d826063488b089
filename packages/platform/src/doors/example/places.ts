import { countries } from './countries/countries.ts'
import { fillPattern } from './patterns.ts'
import type { Address, Place } from './person.ts'
import { between, chance, pickCommon, pickWeighted, type Random } from './random.ts'

const weights = countries.map(({ weight }) => weight)
const shareOfShortStreets = 0.8
const shareInSameCity = 0.6

/** Any city where customers live, those of large countries and the large cities more often. */
export function newPlace(random: Random): Place {
  const country = countries[pickWeighted(random, weights)]
  if (!country) throw new Error('there is no country to live in')
  return { country, city: pickCommon(random, country.cities) }
}

/** Where someone may have lived before: mostly the same city, always the same country. */
export const newPlaceNear = ({ country, city }: Place, random: Random): Place => ({
  country,
  city: chance(random, shareInSameCity) ? city : pickCommon(random, country.cities),
})

/** An address in the place. */
export function newAddress({ country, city }: Place, random: Random): Address {
  const { names, kinds, layout } = country.streets
  const [full, short] = pickCommon(random, kinds)
  const name = pickCommon(random, names)
  const number = String(between(random, 1, chance(random, shareOfShortStreets) ? 60 : 180))
  const write = (kind: string) =>
    layout.replace('{name}', name).replace('{kind}', kind).replace('{number}', number)
  const postcode = fillPattern(city.postcode, random)
  return { street: write(full), shortStreet: write(short), postcode, city, country }
}
