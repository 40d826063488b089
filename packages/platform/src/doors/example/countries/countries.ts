import type { Country } from './country.ts'
import { france } from './france.ts'
import { germany } from './germany.ts'
import { italy } from './italy.ts'
import { netherlands } from './netherlands.ts'
import { spain } from './spain.ts'
import { sweden } from './sweden.ts'
import { unitedKingdom } from './united-kingdom.ts'
import { unitedStates } from './united-states.ts'

/** Every country the example company sells to. */
export const countries: readonly Country[] = [
  germany,
  unitedStates,
  unitedKingdom,
  france,
  netherlands,
  italy,
  spain,
  sweden,
]
