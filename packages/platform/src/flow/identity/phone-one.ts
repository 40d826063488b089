import type { Engine } from '#engine'
import { countryQuestion } from './phones.ts'
import { callingCodeIn, countryNamed, habitsAbroad, habitsIn } from './reference.ts'

/** Tidies up one telephone number after the other, as a run does many. */
export interface PhoneTidier {
  /** The number in the form of E.164; nothing where there is none. `country` is a code or a name. */
  readonly tidy: (raw: string, country?: string) => Promise<string | undefined>
  readonly close: () => Promise<void>
}

/** How many ways to write a country are remembered; then it begins anew. */
const mostWritten = 1000

/** Makes ready what one number needs: the engine is asked only what a country is that it was not asked before. */
export async function readyPhone(engine: Engine): Promise<PhoneTidier> {
  const named = await engine.ready({ country: 'text' }, countryQuestion)
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
    tidy: async (raw, country) =>
      dialled(raw, country === undefined ? '' : await codeOf(country)) || undefined,
    close: named.close,
  }
}

// As `phones` does it in SQL, step by step; a property test compares them.

/** Where a number is: its calling code, how is dialled there, and what follows. */
interface Place {
  readonly calling: string | undefined
  readonly trunk: string
  readonly lengths: string
  readonly rest: string
}

function dialled(raw: string, iso2: string): string {
  const place = placeOf(raw, iso2)
  if (!place) return ''
  const rest = withoutTrunk(place)
  if (rest.replaceAll(rest.slice(0, 1), '') === '') return ''
  const { calling } = place
  if (calling === undefined) return isWithin(rest, 6, 15) ? rest : ''
  return isWithin(calling + rest, 7, 15) ? `+${calling}${rest}` : ''
}

const isWithin = ({ length }: string, least: number, most: number): boolean =>
  length >= least && length <= most

const extension = /[\t\n\f\r ,;]*(ext|extn|extension|x|#)[.:=\t\n\f\r ]*[0-9]{1,7}[\t\n\f\r ]*$/iu

function placeOf(raw: string, iso2: string): Place | undefined {
  const digits = raw.replace(extension, '').replace(/[^0-9]+/g, '')
  const [home, trunk = '', lengths = '', exit = '00', isOpen = ''] = habitsIn.get(iso2) ?? []
  const abroad = abroadIn(raw, digits, { home, lengths, exit, isOpen: isOpen === 'yes' })
  if (abroad === undefined) return { calling: home, trunk, lengths, rest: digits }
  const [calling, trunkThere = '', lengthsThere = ''] =
    habitsAbroad.get(callingCodeIn(abroad)) ?? []
  if (calling === undefined) return undefined
  const rest = abroad.slice(calling.length)
  return { calling, trunk: trunkThere, lengths: lengthsThere, rest }
}

interface Home {
  readonly home: string | undefined
  readonly lengths: string
  readonly exit: string
  readonly isOpen: boolean
}

/** The digits as dialled from anywhere, where the number is written for abroad. */
function abroadIn(
  raw: string,
  digits: string,
  { home, lengths, exit, isOpen }: Home,
): string | undefined {
  if (/^[^0-9]*[+\uff0b]/.test(raw)) return digits
  if (digits.startsWith(exit)) return digits.slice(exit.length)
  if (digits.startsWith('00')) return digits.slice(2)
  if (home === undefined || !digits.startsWith(home)) return undefined
  const isLonger = !hasLength(lengths, digits) || (isOpen && digits.length > 10)
  return digits.length >= home.length + 7 && isLonger ? digits : undefined
}

function withoutTrunk({ trunk, lengths, rest }: Place): string {
  const isDialled = trunk !== '' && rest.startsWith(trunk)
  const isTrunk = isDialled && (trunk === '0' || !hasLength(lengths, rest))
  return isTrunk ? rest.slice(trunk.length) : rest
}

const hasLength = (lengths: string, { length }: string): boolean => lengths.includes(`,${length},`)
