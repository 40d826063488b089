import type { LakeField } from '#lake'

/** A JSON object. */
export type Values = Readonly<Record<string, unknown>>

/** An object, or the text of one; nothing for whatever else. */
export function objectIn(of: unknown): Values | undefined {
  const read = typeof of === 'string' ? parsed(of) : of
  return typeof read === 'object' && read !== null && !Array.isArray(read)
    ? // An object that is no list has text for keys.
      (read as Values)
    : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const delimiters = [',', ';', '\t', '|']

/**
 * A record of a file by the labels of its fields: as an object, by labels or names, or as the line of a delimited file. Nothing
 * when its values cannot be told apart for sure: then they are to be named.
 */
export function recordIn(of: unknown, fields: readonly LakeField[]): Values | undefined {
  const object = objectIn(of)
  if (object) return filled(byLabels(object, fields))
  if (typeof of !== 'string') return undefined
  const lines = delimiters
    .map((delimiter) => valuesIn(of, delimiter))
    .filter((values) => values?.length === fields.length)
  const [values, another] = lines
  if (!values || another) return undefined
  return filled(Object.fromEntries(fields.map(({ label }, i) => [label, values[i]])))
}

// An empty text is no value in a delimited file.
const filled = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, one]) => one !== ''))

const byLabels = (object: Values, fields: readonly LakeField[]): Values =>
  Object.fromEntries(
    Object.entries(object).map(([said, one]) => {
      const isLabel = fields.some(({ label }) => label === said)
      const named = isLabel ? undefined : fields.find(({ name }) => name === said)
      return [named?.label ?? said, one]
    }),
  )

/** The values of one line, between quotes where they hold the delimiter (RFC 4180); nothing when quotes stand elsewhere. */
function valuesIn(line: string, delimiter: string): readonly string[] | undefined {
  const values: string[] = []
  for (let rest = line; ; ) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest)
    const value = quoted?.[0] ?? rest.split(delimiter, 1)[0] ?? ''
    values.push(quoted ? (quoted[1] ?? '').replaceAll('""', '"') : value)
    rest = rest.slice(value.length)
    if (rest === '') return values
    if (!rest.startsWith(delimiter) || (!quoted && value.includes('"'))) return undefined
    rest = rest.slice(1)
  }
}
