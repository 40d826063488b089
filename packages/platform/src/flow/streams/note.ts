import type { Pulled } from './pull.ts'
import { noteOnCopies, noteOnTwins } from './same-file.ts'

/** What somebody should know of a pull that went well; nothing when there is nothing to say. */
export function noteOn({
  widened,
  strangers,
  copies,
  twins,
}: Pick<Pulled, 'widened' | 'strangers' | 'copies' | 'twins'>): string | undefined {
  const notes = [
    ...(widened.length === 0
      ? []
      : [
          `${widened.join(', ')}: kept as text, because not every value fits the type that the first ones suggest`,
        ]),
    ...(strangers.length === 0
      ? []
      : [`${strangers.join(', ')}: taken, although the contract does not name it`]),
    ...noteOnCopies(copies),
    ...noteOnTwins(twins),
  ]
  return notes.length === 0 ? undefined : notes.join('; ')
}
