import { Fault, sentenceOf } from '#kernel/fault.ts'
import { engineFaults } from '../faults.ts'

/**
 * What the driver threw, as what the user can do about it. Our own statements never contain mistakes that a user could
 * mend, so what remains of them is a bug and keeps its cause.
 */
export function asFault(thrown: unknown, what: string, whose: 'own' | 'user'): unknown {
  if (thrown instanceof Fault || !(thrown instanceof Error)) return thrown
  const text = sentenceOf(thrown)
  if (/no space left|disk.*full|not enough space/i.test(text)) {
    return engineFaults.disk_full({ what }, { cause: thrown })
  }
  if (/not a valid DuckDB database|corrupt|failure while replaying/i.test(text)) {
    return engineFaults.damaged({ what: firstSentence(text) }, { cause: thrown })
  }
  if (/^Out of Memory/i.test(text)) return engineFaults.out_of_memory({ what }, { cause: thrown })
  if (whose === 'own' || /^(INTERRUPT|INTERNAL|FATAL)/i.test(text)) return thrown
  return engineFaults.bad_sql({ why: firstSentence(text) }, { cause: thrown })
}

// The engine prints its own text of the query below the sentence; users did not write that.
const firstSentence = (text: string) => (text.split('\n')[0] ?? text).replace(/^\w+ Error: /, '')
