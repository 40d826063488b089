import { wireFaults } from './faults.ts'
import { firstFault } from './json-fault.ts'

/**
 * Reads JSON. Whole numbers with more digits than a number can hold become text of digits, so that none is lost: ids
 * of other systems are like that. What is wrong is told with its place.
 */
export function parseJson(text: string): unknown {
  try {
    return longNumber.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    throw asFault(text, thrown)
  }
}

// Sixteen digits and more where a value may stand. That it may also hit inside a text costs time, nothing else.
const longNumber = /[[:,]\s*-?\d{16}/

// The third argument is what stood in the source; the types of the language do not know it yet.
function keepDigits(_: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return source !== undefined && wholeNumber.test(source) ? source : value
}

const wholeNumber = /^-?\d+$/

function asFault(text: string, thrown: SyntaxError) {
  const { position, why } = firstFault(text) ?? { position: 0, why: thrown.message }
  const before = text.slice(0, position)
  const line = before.split('\n').length
  const column = position - before.lastIndexOf('\n')
  return wireFaults.not_json({ why, line, column, position })
}
