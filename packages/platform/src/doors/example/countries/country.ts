/** What is known of a country. Lists begin with the commonest; every character fits Latin-1. */
export interface Country {
  readonly code: string
  /** Its share of the customers, against the others. */
  readonly weight: number
  readonly language: string
  readonly currency: string
  readonly women: readonly string[]
  readonly men: readonly string[]
  readonly families: readonly string[]
  /** Rarer family names are put together from a start and an end. */
  readonly rareFamilies: readonly [starts: readonly string[], ends: readonly string[]]
  readonly twoFamilyNames: { readonly share: number; readonly joint: string }
  /** The everyday form of a formal given name. */
  readonly nicknames: ReadonlyMap<string, string>
  /** Letters that people write out in two when they lack the key. */
  readonly digraphs: ReadonlyMap<string, string>
  readonly streets: Streets
  readonly cities: readonly City[]
  readonly phones: PhonePlan
  /** Invented providers of free mail. */
  readonly mailDomains: readonly string[]
  readonly dealers: Dealerships
}

/** How a street is called and written; a kind has its full and its short form. */
interface Streets {
  readonly names: readonly string[]
  readonly kinds: readonly (readonly [full: string, short: string])[]
  /** With {name}, {kind} and {number}. */
  readonly layout: string
}

/** A city with its postcodes and landlines as patterns: # a digit, N a digit from 2, @ a letter. */
export interface City {
  readonly name: string
  readonly postcode: string
  readonly landline: string
}

/** How a country numbers its phones. A pattern is an area, a space, and the rest. */
interface PhonePlan {
  /** Without patterns of their own, mobiles are numbered like the landlines of the city. */
  readonly mobiles: readonly string[]
  /** Ways to write a number: @ is the area, # one more digit, * all that are left. */
  readonly layouts: readonly string[]
}

/** Words to name a dealer with, and its legal form. */
interface Dealerships {
  readonly words: readonly string[]
  readonly form: string
}

/** Reads "a, b, c"; a line may end anywhere between two words. */
export const list = (text: string): readonly string[] =>
  text.split(',').map((word) => word.trim().replace(/\s+/g, ' '))

/** Reads "a: b, c: d". */
export const pairs = (text: string): ReadonlyMap<string, string> =>
  new Map(list(text).map((pair) => twoOf(pair.split(':').map((word) => word.trim()))))

/** Reads kinds of street, "full: short, full: short"; spaces before a word belong to it. */
export const kinds = (text: string): Streets['kinds'] =>
  text.split(',').map((pair) => twoOf(pair.trim().split(':')))

/** Reads a table of cities, one in a line: name | postcode | landline. */
export const cities = (text: string): readonly City[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', postcode = '', landline = ''] = line.split('|').map((cell) => cell.trim())
      return { name, postcode, landline }
    })

const twoOf = ([first = '', second = '']: readonly string[]) => [first, second] as const
