import type { Engine } from '#engine'
import { phoneQuestions } from './phones.ts'
import { countryNamed, habitsAbroad, habitsIn } from './reference.ts'

/** Tidies up one telephone number after the other, as a run does many. */
export interface PhoneAsker {
  /** The number in the form of E.164; nothing where there is none. `country` is a code or a name. */
  readonly ask: (raw: string, country?: string) => Promise<string | undefined>
  readonly close: () => Promise<void>
}

const texts = <const N extends readonly string[]>(...names: N) =>
  // Each name once, by construction.
  Object.fromEntries(names.map((name) => [name, 'text'])) as Record<N[number], 'text'>

const located = ['digits', 'home', 'home_trunk', 'home_lengths', 'is_open', 'exit'] as const

/** Makes the questions ready that one number needs. */
export async function readyPhone(engine: Engine): Promise<PhoneAsker> {
  const first = await engine.ready(texts('raw', 'country'), phoneQuestions.first)
  const flags = { has_plus: 'boolean' } as const
  const second = await engine.ready({ ...texts(...located), ...flags }, phoneQuestions.second)
  const third = await engine.ready(
    { ...texts(...located, 'abroad', 'code', 'trunk', 'lengths'), ...flags },
    phoneQuestions.third,
  )
  return {
    ask: async (raw, country) => {
      const [start] = await first.ask({ raw, country: country ?? null })
      const iso2 = countryNamed.get(String(start?.['key'] ?? ''))
      const [home = null, home_trunk = null, home_lengths = null, exit = '00', is_open = null] =
        habitsIn.get(iso2 ?? '') ?? []
      const digits = String(start?.['digits'] ?? '')
      const of = {
        digits,
        has_plus: start?.['has_plus'] === true,
        home,
        home_trunk,
        home_lengths,
        exit,
        is_open,
      }
      const [dialled] = await second.ask(of)
      const abroad = dialled?.['abroad']
      const [code = null, trunk = null, lengths = null] =
        habitsAbroad.get(String(dialled?.['code'] ?? '')) ?? []
      const last = {
        ...of,
        abroad: typeof abroad === 'string' ? abroad : null,
        code,
        trunk,
        lengths,
      }
      const value = (await third.ask(last))[0]?.['value']
      return value === null || value === undefined || value === '' ? undefined : String(value)
    },
    close: async () => {
      for (const one of [first, second, third]) await one.close()
    },
  }
}
