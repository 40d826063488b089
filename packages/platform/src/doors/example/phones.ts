import type { City, Country } from './countries/country.ts'
import { fillPattern } from './patterns.ts'
import { pick, pickCommon, type Random } from './random.ts'
import type { World } from './world.ts'

/** A phone number, apart from how it is written: valid in form, but made up. Never dial one. */
export interface Phone {
  readonly area: string
  readonly rest: string
  readonly layouts: readonly string[]
}

/** A landline of the city that nobody else has. */
export const newLandline = (country: Country, city: City, world: World): Phone =>
  newPhone(country, [city.landline], world)

/** A mobile that nobody else has. */
export const newMobile = (country: Country, city: City, world: World): Phone =>
  newPhone(country, country.phones.mobiles.length ? country.phones.mobiles : [city.landline], world)

/** Writes the number in one of the ways its country knows; the first are the usual ones. */
export const writePhone = (phone: Phone, random: Random): string =>
  fillLayout(phone, pickCommon(random, phone.layouts))

/** Writes the number in the given way: @ is the area, # one more digit, * all that are left. */
export function fillLayout({ area, rest }: Phone, layout: string): string {
  let text = ''
  let used = 0
  for (const sign of layout) {
    if (sign === '@') text += area
    else if (sign === '#') text += rest.charAt(used++)
    else if (sign === '*') text += rest.slice(used)
    else text += sign
  }
  return text
}

function newPhone(country: Country, patterns: readonly string[], world: World): Phone {
  const { random, taken } = world
  for (;;) {
    const [area = '', rest = ''] = fillPattern(pick(random, patterns), random).split(' ')
    const phone = { area, rest, layouts: country.phones.layouts }
    if (taken.take(`${country.code}${area}${rest}`)) return phone
  }
}
