import type { FieldType } from '#kernel/scalar.ts'
import type { Dialect } from './dialect.ts'
import type { Call, Part, Value } from './expression.ts'
import { engineFaults } from './faults.ts'

/** A statement as an engine takes it: text, and the values beside it. */
export interface Printed {
  readonly text: string
  readonly values: readonly Value[]
}

/**
 * Prints a draft in a dialect. Values become `$1`, `$2` ..., unless `inText` writes them out; names are quoted; gaps are
 * refused with their sentence.
 */
export function print(
  part: Part,
  dialect: Dialect,
  inText: (of: Value) => string | undefined = () => undefined,
): Printed {
  const values: Value[] = []
  const write = (of: Part): string => {
    switch (of.kind) {
      case 'value':
        return inText(of) ?? writeValue(of, values, dialect)
      case 'column':
        return of.of === undefined
          ? quoted(of.name, dialect)
          : `${quoted(of.of, dialect)}.${quoted(of.name, dialect)}`
      case 'table':
        return `${quoted(of.schema, dialect)}.${quoted(of.name, dialect)}`
      case 'call':
        return writeCall(of, dialect, of.args.map(write))
      case 'cast':
        return of.how === 'try'
          ? dialect.tryCast(write(of.of), dialect.types[of.to])
          : `cast(${write(of.of)} as ${dialect.types[of.to]})`
      case 'type':
        return dialect.types[of.type]
      case 'members':
        return dialect.members(write(of.of), of.body, of.members)
      case 'draft':
        return of.parts.map((piece) => (typeof piece === 'string' ? piece : write(piece))).join('')
    }
  }
  return { text: write(part), values }
}

const castTypes: readonly FieldType[] = ['date', 'timestamp', 'decimal']

function writeValue(of: Value, values: Value[], dialect: Dialect): string {
  values.push(of)
  const hole = `$${values.length}`
  return castTypes.includes(of.type) ? `cast(${hole} as ${dialect.types[of.type]})` : hole
}

function writeCall({ fn }: Call, dialect: Dialect, args: readonly string[]): string {
  const writer = dialect.functions[fn]
  if (typeof writer === 'function') return writer(...args)
  throw engineFaults.not_in_dialect({ fn, dialect: dialect.name, gap: writer.gap })
}

/** A name between the dialect's quotes, whatever it holds. */
export const quoted = (name: string, { quote }: Dialect): string =>
  quote + name.replaceAll(quote, quote + quote) + quote
