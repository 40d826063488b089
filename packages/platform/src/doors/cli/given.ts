import { cliFaults } from './faults.ts'

/** A parameter of a segment, as its definition has it. */
interface Parameter {
  readonly type?: string
  readonly list?: boolean
}

/** What stands for the parameters of a segment: words such as `city=Paris`; several values with commas where a parameter is a list. */
export function givenIn(
  words: readonly string[],
  parameters: Readonly<Record<string, Parameter>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      const name = word.slice(0, Math.max(at, 0))
      if (at < 1) throw cliFaults.bad_given({ word })
      const { type = 'text', list } = parameters[name] ?? {}
      const written = word.slice(at + 1)
      return [name, list ? written.split(',').map((one) => typed(one, type)) : typed(written, type)]
    }),
  )
}

const numeric = ['integer', 'number', 'decimal']

// What is no such value stays as it was written: the server says what it wants.
function typed(written: string, type: string): unknown {
  if (type === 'boolean' && (written === 'true' || written === 'false')) return written === 'true'
  return numeric.includes(type) && isExact(written) ? Number(written) : written
}

// More digits than a number keeps would be another number.
function isExact(written: string): boolean {
  const number = Number(written)
  if (written.trim() === '' || !Number.isFinite(number)) return false
  return !Number.isInteger(number) || Number.isSafeInteger(number)
}
