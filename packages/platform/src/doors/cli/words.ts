import type { Call, Command } from './command.ts'
import { cliFaults } from './faults.ts'

/** The first word after a command; refused when it is missing. */
export function wordOf({ name, takes }: Command, { words: [word] }: Call): string {
  if (word === undefined) throw cliFaults.missing_word({ command: name, takes })
  return word
}
