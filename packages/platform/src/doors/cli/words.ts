import type { Call, Command } from './command.ts'
import { cliFaults } from './faults.ts'

/** The words after a command, so many as it needs; refused when one is missing. */
export function wordsOf(
  { name, takes }: Command,
  { words }: Call,
  count: number,
): readonly string[] {
  if (words.length < count) throw cliFaults.missing_word({ command: name, takes })
  return words.slice(0, count)
}

/** The first word after a command; refused when it is missing. */
export function wordOf({ name, takes }: Command, { words: [word] }: Call): string {
  if (word === undefined) throw cliFaults.missing_word({ command: name, takes })
  return word
}
