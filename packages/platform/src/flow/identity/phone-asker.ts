import type { Engine } from '#engine'
import { phoneQuestions } from './phones.ts'
import { callingCodeIn, countryNamed, habitsAbroad, habitsIn } from './reference.ts'

/** Tidies up one telephone number after the other, as a run does many. */
export interface PhoneAsker {
  /** The number in the form of E.164; nothing where there is none. `country` is a code or a name. */
  readonly ask: (raw: string, country?: string) => Promise<string | undefined>
  readonly close: () => Promise<void>
}

const texts = <const N extends readonly string[]>(...names: N) =>
  // Each name once, by construction.
  Object.fromEntries(names.map((name) => [name, 'text'])) as Record<N[number], 'text'>

const habits = ['home', 'home_lengths', 'is_open', 'exit'] as const
const counted = ['digits', 'home', 'home_trunk', 'home_lengths', 'abroad'] as const

/** How many ways to write a country are remembered; then it begins anew. */
const mostWritten = 1000

/** Makes the questions ready that one number needs. */
export async function readyPhone(engine: Engine): Promise<PhoneAsker> {
  const named = await engine.ready(texts('country'), phoneQuestions.country)
  const begun = await engine.ready(texts('raw', ...habits), phoneQuestions.begun)
  const done = await engine.ready(
    texts(...counted, 'code', 'trunk', 'lengths'),
    phoneQuestions.done,
  )
  const written = new Map<string, string>()
  const codeOf = async (country: string): Promise<string> => {
    const known = written.get(country)
    if (known !== undefined) return known
    const [row] = await named.ask({ country })
    const code = countryNamed.get(String(row?.['key'] ?? '')) ?? ''
    if (written.size >= mostWritten) written.clear()
    written.set(country, code)
    return code
  }
  return {
    ask: async (raw, country) => {
      const iso2 = country === undefined ? '' : await codeOf(country)
      const [home = null, home_trunk = null, home_lengths = null, exit = '00', is_open = null] =
        habitsIn.get(iso2) ?? []
      const [start] = await begun.ask({ raw, home, home_lengths, exit, is_open })
      const digits = String(start?.['digits'] ?? '')
      const abroad = typeof start?.['abroad'] === 'string' ? start['abroad'] : null
      const [code = null, trunk = null, lengths = null] =
        habitsAbroad.get(callingCodeIn(abroad ?? '')) ?? []
      const of = { digits, home, home_trunk, home_lengths, abroad, code, trunk, lengths }
      const value = (await done.ask(of))[0]?.['value']
      return value === null || value === undefined || value === '' ? undefined : String(value)
    },
    close: async () => {
      for (const one of [named, begun, done]) await one.close()
    },
  }
}
