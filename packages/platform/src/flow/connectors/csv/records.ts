/** The signs of delimited text. `quote` and `escape` are empty when values are never quoted. */
export interface CsvSigns {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
}

/** One value as it was written. */
export interface Cell {
  readonly text: string
  /** Whether it stood in quotes, whole and well. */
  readonly isQuoted: boolean
  /** Whether quotes were opened, but not closed where the value ends. */
  readonly isBroken: boolean
}

/**
 * Reads the records of delimited text (RFC 4180, any sign, line ends of any kind), for samples and previews; the engine
 * reads whole files. Empty lines are no records. A value whose quotes do not hold is taken as it stands.
 */
export function* recordsOf(text: string, signs: CsvSigns): Generator<readonly Cell[]> {
  const readCell = cellReader(text, signs)
  const lineEnd = /\r\n|\n|\r/y
  let at = 0
  let cells: Cell[] = []
  while (at < text.length) {
    const { cell, end } = readCell(at)
    cells.push(cell)
    if (text[end] === signs.delimiter) {
      at = end + 1
      if (at === text.length) cells.push(emptyCell)
      continue
    }
    lineEnd.lastIndex = end
    at = end + (lineEnd.exec(text)?.[0].length ?? 0)
    if (!isEmptyLine(cells)) yield cells
    cells = []
  }
  if (cells.length > 0) yield cells
}

const emptyCell: Cell = { text: '', isQuoted: false, isBroken: false }

const isEmptyLine = ([only, ...more]: readonly Cell[]) =>
  more.length === 0 && only?.text === '' && !only.isQuoted

type CellReader = (at: number) => { readonly cell: Cell; readonly end: number }

function cellReader(text: string, signs: CsvSigns): CellReader {
  const { plain, quoted, escaped, end: valueEnd } = patternsOf(signs)
  const matchAt = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at
    return pattern.exec(text)
  }
  return (at) => {
    const isOpened = signs.quote !== '' && text[at] === signs.quote
    const whole = isOpened ? matchAt(quoted, at) : null
    const end = at + (whole?.[0].length ?? 0)
    if (whole && matchAt(valueEnd, end)) {
      const value = (whole[1] ?? '').replace(escaped, '$1')
      return { cell: { text: value, isQuoted: true, isBroken: false }, end }
    }
    const value = matchAt(plain, at)?.[0] ?? ''
    return { cell: { text: value, isQuoted: false, isBroken: isOpened }, end: at + value.length }
  }
}

function patternsOf(signs: CsvSigns) {
  const [d, q, e] = [signs.delimiter, signs.quote || '"', signs.escape || '"'].map(literal)
  const isDoubled = e === q
  const others = `[^${q}${e}]*`
  const inner = isDoubled ? `${q}${q}` : `(?:${e}[^]|${q}${q})`
  return {
    plain: new RegExp(`[^${d}\\r\\n]*`, 'y'),
    // Written out as runs of plain letters, so that a quote that is never closed costs one look and not many.
    quoted: new RegExp(`${q}(${others}(?:${inner}${others})*)${q}`, 'y'),
    escaped: new RegExp(isDoubled ? `${q}(${q})` : `(?:${e}|${q}(?=${q}))([^])`, 'g'),
    end: new RegExp(`${d}|\\r|\\n|$`, 'y'),
  }
}

// Written by code, so that no sign has a meaning of its own in a pattern.
const literal = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
