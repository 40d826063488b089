import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Batch } from '../../destination.ts'
import { activationFaults } from '../../faults.ts'

const words = {
  activation: (batch: Batch) => batch.activation,
  segment: (batch: Batch) => batch.segment,
  // The day on which it was queued, not sent: a repeated delivery has the same name.
  date: (batch: Batch) => batch.queuedAt.toISOString().slice(0, 10),
  time: (batch: Batch) => batch.queuedAt.toISOString().slice(11, 19).replaceAll(':', '-'),
  position: (batch: Batch) => String(batch.to),
} as const
const needed = ['activation', 'position'] as const

/** How files are called unless said otherwise. */
export const usualName = '{activation}-{date}-{position}'

/** The name of a batch's file, without its ending. */
export function fileName(pattern: string, batch: Batch): string {
  const name = pattern.replace(placeholder, (_, word: string) =>
    isWord(word) ? words[word](batch) : '',
  )
  return batch.number === 1 ? name : `${name}-${batch.number}`
}

/** What is wrong with a pattern of file names. */
export function problemsOfName(pattern: string, at: string): readonly Problem[] {
  const used = [...pattern.matchAll(placeholder)].map(([, word = '']) => word)
  const unknown = used
    .filter((word) => !isWord(word))
    .map((word) => `{${word}} is not known here${didYouMean(word, Object.keys(words))}`)
  const missing = needed
    .filter((word) => !used.includes(word))
    .map((word) => `needs {${word}}, or one delivery would overwrite another`)
  // A leading dot would hide the file, a slash would leave the folder.
  const rest = pattern.replace(placeholder, 'x')
  const shape = /^[A-Za-z0-9_][A-Za-z0-9 ._-]*$/.test(rest)
    ? []
    : ['may hold letters, digits, blanks, dots, hyphens and underscores, and no dot at its start']
  return [...unknown, ...missing, ...shape].flatMap(
    (why) => activationFaults.bad_file_name({ why }, { at }).problems,
  )
}

const placeholder = /\{([^{}]*)\}/g

const isWord = (word: string): word is keyof typeof words => Object.hasOwn(words, word)
