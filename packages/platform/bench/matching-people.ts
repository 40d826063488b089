import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { MatchingSettings } from '../src/flow/matching/definition.ts'

/** The columns of the file of persons, in their order. */
export const personColumns = [
  'first_name',
  'last_name',
  'birth_date',
  'email',
  'phone',
  'street',
  'postal_code',
  'birth_place',
] as const

/** One record in five is a person who is there already, with errors. */
const repeated = 0.2

/** A number from 0 to below 1. */
type Dice = () => number

// A multiplication of 32 bits and two shifts (Mulberry): quick, and good enough to draw people.
function diceOf(seed: number): Dice {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const starts = 'b br d f fr g gr h j k kl kr l m n p pf r s sch st t tr v w z'.split(' ')
const vowels = 'a e i o u au ei ie'.split(' ')
const ends = 'ck d hl l ll ld m mm n nn nd ng r rt s ss t tt x z'.split(' ')

/** A word of two syllables and an end, another one for every number. */
function word(n: number): string {
  const parts = [starts, vowels, ends, vowels, ends] as const
  let rest = Math.imul(n, 7919) >>> 0
  let made = ''
  for (const of of parts) {
    made += of[rest % of.length] ?? ''
    rest = Math.floor(rest / of.length) + n
  }
  return made
}

/**
 * How many different values there are: names grow with the root of the records and places with the records, so that every
 * size has about as many candidates per record.
 */
function vocabulary(records: number) {
  const root = Math.sqrt(records / 1e6)
  return {
    firsts: Math.ceil(500 * root),
    lasts: Math.ceil(1750 * root),
    postal: Math.ceil(5000 * (records / 1e6)),
    places: Math.ceil(300 * root),
    streets: Math.ceil(12_000 * (records / 1e6)),
  }
}

/** How people came to their addresses: as they liked, or made of their names, as companies and most people do. */
export type Emails = 'of anything' | 'of names'

/** Writes persons as lines between tabs: `n`, `space`, `entity` and the columns. */
export async function writePeople(
  file: string,
  records: number,
  emails: Emails = 'of anything',
): Promise<void> {
  const out = createWriteStream(file)
  const [roll, sizes] = [diceOf(records), vocabulary(records)]
  const originals = Math.floor(records * (1 - repeated))
  let text = ''
  for (let n = 0; n < records; n++) {
    const entity = n < originals ? n : Math.floor(roll() * originals)
    const person = personOf(entity, sizes, emails)
    const cells = n < originals ? person : spoiled(person, roll)
    text += `${n}\tmain\t${entity}\t${cells.join('\t')}\n`
    if (text.length < 1_000_000) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await once(out, 'finish')
}

const two = (n: number) => String(n).padStart(2, '0')

// Everything follows from the number of the person, so nobody has to be remembered. Squared dice make some names common.
function personOf(
  entity: number,
  sizes: ReturnType<typeof vocabulary>,
  emails: Emails,
): readonly string[] {
  const roll = diceOf(entity * 31 + 7)
  const common = (of: number) => Math.floor(roll() ** 2 * of)
  const any = (of: number) => Math.floor(roll() * of)
  const [first, last] = [word(common(sizes.firsts)), `${word(common(sizes.lasts) + 20_000)}er`]
  return [
    first,
    last,
    `${1935 + any(70)}-${two(1 + any(12))}-${two(1 + any(28))}`,
    emails === 'of names'
      ? emailOf(first, last, any)
      : `${word(any(50_000) + 200_000)}${any(10_000)}@mail${any(40)}.example`,
    `0${100_000_000 + any(900_000_000)}`,
    `${word(common(sizes.streets) + 50_000)} strasse ${1 + any(120)}`,
    String(10_000 + any(sizes.postal)),
    word(common(sizes.places) + 90_000),
  ]
}

/** Half of the addresses are jane.doe, the others have an initial or a number; few providers have most of them. */
function emailOf(first: string, last: string, any: (of: number) => number): string {
  const number = any(100)
  const names = [`${first}.${last}`, `${first}.${last}`, `${first[0]}${last}`][any(4)]
  return `${names ?? `${first}${last}${number}`}@mail${any(6)}.example`
}

/** A tenth of the values is missing, a seventh has an error, some are others. */
const spoiled = (cells: readonly string[], roll: Dice): readonly string[] =>
  cells.map((cell, i) => {
    const fate = roll()
    if (fate < 0.1) return '\u0001'
    if (fate < 0.24) return mistyped(cell, roll)
    return fate < 0.27 && i > 2 ? `${cell.slice(0, -2)}${Math.floor(roll() * 90) + 10}` : cell
  })

function mistyped(cell: string, roll: Dice): string {
  const at = Math.floor(roll() * (cell.length - 1))
  const [a, b] = [cell[at] ?? '', cell[at + 1] ?? '']
  return `${cell.slice(0, at)}${roll() < 0.5 ? b + a : b}${cell.slice(at + 2)}`
}

/** Ten block rules and eight comparisons, as somebody would write them for such people. */
export const peopleSettings: MatchingSettings = {
  comparisons: [
    {
      column: 'first_name',
      levels: [
        { is: 'exact' },
        { is: 'swapped', with: 'last_name' },
        { is: 'nickname' },
        { is: 'jaro_winkler', at_least: 0.92 },
        { is: 'jaro_winkler', at_least: 0.88 },
      ],
      frequencies: true,
    },
    {
      column: 'last_name',
      levels: [
        { is: 'exact' },
        { is: 'jaro_winkler', at_least: 0.92 },
        { is: 'jaro_winkler', at_least: 0.88 },
      ],
      frequencies: true,
    },
    {
      column: 'birth_date',
      levels: [
        { is: 'exact' },
        { is: 'day_and_month_swapped' },
        { is: 'edits', at_most: 1 },
        { is: 'within_days', days: 366 },
      ],
    },
    {
      column: 'email',
      levels: [
        { is: 'exact' },
        { is: 'same_portion', of: { before: '@' } },
        { is: 'jaro_winkler', at_least: 0.92 },
      ],
    },
    { column: 'phone', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] },
    { column: 'street', levels: [{ is: 'exact' }, { is: 'jaro_winkler', at_least: 0.92 }] },
    { column: 'postal_code', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] },
    { column: 'birth_place', levels: [{ is: 'exact' }], frequencies: true },
  ],
  blocks: [
    { key: 'email', all: [{ column: 'email' }] },
    { key: 'phone', all: [{ column: 'phone' }] },
    { key: 'email_start', all: [{ column: 'email', portion: { before: '@' } }] },
    { key: 'names', all: [{ column: 'first_name' }, { column: 'last_name' }] },
    {
      key: 'last_sound_postal',
      all: [{ column: 'last_name', portion: { sound: true } }, { column: 'postal_code' }],
    },
    { key: 'last_birth', all: [{ column: 'last_name' }, { column: 'birth_date' }] },
    { key: 'first_birth', all: [{ column: 'first_name' }, { column: 'birth_date' }] },
    { key: 'first_postal', all: [{ column: 'first_name' }, { column: 'postal_code' }] },
    { key: 'last_birth_place', all: [{ column: 'last_name' }, { column: 'birth_place' }] },
    { key: 'street', all: [{ column: 'street' }] },
  ],
}
