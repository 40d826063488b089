import { between, pick, type Random } from './random.ts'

const keyboard = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']

/** The word with one slip of the fingers; in two letters there is no room for one. */
export function mistype(word: string, random: Random): string {
  if (word.length < 3) return word
  const place = between(random, 1, word.length - 2)
  return pick(random, slips)(word, place, random)
}

type Slip = (word: string, place: number, random: Random) => string

/** Two letters in the wrong order; where they are alike the second is lost. */
const swap: Slip = (word, place) => {
  const [first, second] = [word.charAt(place), word.charAt(place + 1)]
  const middle = first === second ? first : second + first
  return word.slice(0, place) + middle + word.slice(place + 2)
}

const double: Slip = (word, place) => word.slice(0, place + 1) + word.slice(place)

const leaveOut: Slip = (word, place) => word.slice(0, place) + word.slice(place + 1)

/** The key beside the right one; letters that are not on the keyboard are swapped instead. */
const hitNeighbour: Slip = (word, place, random) => {
  const row = keyboard.find((keys) => keys.includes(word.charAt(place)))
  if (row === undefined) return swap(word, place, random)
  const key = row.indexOf(word.charAt(place))
  const neighbour = row.charAt(key + (key === 0 || random() < 0.5 ? 1 : -1)) || row.charAt(key - 1)
  return word.slice(0, place) + neighbour + word.slice(place + 1)
}

const slips = [swap, double, leaveOut, hitNeighbour]
