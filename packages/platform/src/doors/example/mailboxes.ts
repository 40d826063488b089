import type { Country } from './countries/country.ts'
import { between, chance, pick, pickWeighted, type Random } from './random.ts'
import type { World } from './world.ts'

/** Whose mailbox it is to be, and where. */
export interface Holder {
  readonly given: string
  readonly family: string
  readonly country: Country
}

const shareWithoutDigits = 0.65

/** A mailbox that nobody else has, named after its holder; who comes late must add digits. */
export function newMailbox(holder: Holder, domain: string, world: World): string {
  const { random } = world
  const name = localPart(holder, random)
  if (chance(random, shareWithoutDigits) && isFree(name, domain, world)) return `${name}@${domain}`
  for (let most = 99; ; most *= 10) {
    const numbered = `${name}${between(random, 1, most)}`
    if (isFree(numbered, domain, world)) return `${numbered}@${domain}`
  }
}

/** A mailbox with a fixed name, such as info; undefined if it is taken. */
export const fixedMailbox = (name: string, domain: string, world: World): string | undefined =>
  isFree(name, domain, world) ? `${name}@${domain}` : undefined

/** The same mailbox with a tag, as people use to see who sold their address. */
export const withTag = (email: string, random: Random): string =>
  email.replace('@', `${pick(random, ['+shop', '+bike', '+news', '+larkspoke'])}@`)

/** The same mailbox, for the many providers that do not look at dots. */
export function withOtherDots(email: string): string {
  const [name = '', domain = ''] = email.split('@')
  const bare = name.replaceAll('.', '')
  return bare === name ? `${name.slice(0, 1)}.${name.slice(1)}@${domain}` : `${bare}@${domain}`
}

/** A name in plain lower-case letters: ü becomes ue where the country writes so, elsewhere u. */
export function plainLetters(text: string, country: Country): string {
  const known = plain.get(text + country.code)
  if (known !== undefined) return known
  const made = withoutAccents(text, country)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  if (plain.size < 50_000) plain.set(text + country.code, made)
  return made
}

/** The text without accents, as it comes out of a system or a keyboard that has none. */
export function withoutAccents(text: string, country: Country): string {
  let written = text
  for (const [letter, two] of country.digraphs) written = written.replaceAll(letter, two)
  return written.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
}

// Unicode takes its time; the names come back again and again.
const plain = new Map<string, string>()

const styles = [38, 20, 14, 12, 8, 8]

function localPart({ given, family, country }: Holder, random: Random): string {
  const [first, last] = [plainLetters(given, country), plainLetters(family, country)]
  const names = [
    `${first}.${last}`,
    `${first}${last}`,
    `${first.slice(0, 1)}.${last}`,
    `${first.slice(0, 1)}${last}`,
    `${last}.${first}`,
    `${first}_${last}`,
  ]
  return names[pickWeighted(random, styles)] ?? first
}

// Dots are left out of the key: what differs only by them is one mailbox for many providers.
const isFree = (name: string, domain: string, { taken }: World): boolean =>
  taken.take(`${name.replaceAll('.', '')}@${domain}`)
