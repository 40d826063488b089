import { type Random, randomFrom } from './random.ts'
import { openRegister, type Register } from './register.ts'

/** What everything in the example is made from: dice, today, and what is already taken. */
export interface World {
  readonly random: Random
  /** Today, in milliseconds; everything happened before. */
  readonly asOf: number
  readonly taken: Register
}

/** A new world: the same seed, size and day give the same one again. */
export const openWorld = (of: { seed: number; people: number; asOf: Date }): World => ({
  random: randomFrom(of.seed),
  asOf: of.asOf.getTime(),
  taken: openRegister(of.people),
})
