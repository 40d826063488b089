import type { Profile } from '@tessera/platform/contract'
import { formatValue } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'

/** One field of two people, side by side. */
export interface Compared {
  readonly label: string
  readonly left: string
  readonly right: string
  /** Whether both say something, and not the same. */
  readonly isDifferent: boolean
}

type Person = Pick<Profile, 'values' | 'emails' | 'phones' | 'addresses'>

// When a record was made says little of whom it speaks.
const housekeeping: readonly string[] = ['created_at', 'last_modified_at']

/** Two people field by field: how to reach them, then every value that either has. */
export function compare(left: Person, right: Person): readonly Compared[] {
  const [a, b] = [linesOf(left), linesOf(right)]
  const labels = new Set([...a.keys(), ...b.keys()])
  return [...labels].map((label) => {
    const [one = '', other = ''] = [a.get(label), b.get(label)]
    const isDifferent = one !== '' && other !== '' && one.toLowerCase() !== other.toLowerCase()
    return { label, left: one, right: other, isDifferent }
  })
}

function linesOf({ values, emails, phones, addresses }: Person): ReadonlyMap<string, string> {
  const words = texts.identity.review.points
  const points = [
    [words.emails, emails],
    [words.phones, phones],
    [words.addresses, addresses],
  ] as const
  return new Map([
    ...points
      .filter(([, of]) => of.length > 0)
      .map(([label, of]) => [label, of.map(({ value }) => value).join(', ')] as const),
    ...values
      .filter(({ field }) => !housekeeping.includes(field))
      .map(({ label, value, type }) => [label, formatValue(value, type)] as const),
  ])
}
