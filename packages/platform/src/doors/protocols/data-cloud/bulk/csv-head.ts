/** The first record of a file. */
export interface CsvHead {
  readonly cells: readonly string[]
  /** How many characters it takes, with its line end. */
  readonly length: number
}

/** Reads the first record of comma-separated text (RFC 4180); nothing when it does not end in this much of the text. */
export function csvHead(text: string, isAll: boolean): CsvHead | undefined {
  const cells: string[] = []
  let at = 0
  for (;;) {
    const cell = cellAt(text, at)
    if (cell === undefined) return undefined
    cells.push(cell.value)
    at = cell.end
    if (text[at] === ',') at++
    else break
  }
  const lineEnd = /\r?\n|\r/y
  lineEnd.lastIndex = at
  const end = lineEnd.exec(text)?.[0]
  // A return at the very end may be the first half of a line end.
  const isCut = end === undefined || (end === '\r' && at + 1 === text.length)
  if (isCut && !isAll) return undefined
  return { cells, length: at + (end?.length ?? 0) }
}

function cellAt(text: string, at: number): { value: string; end: number } | undefined {
  const pattern = text[at] === '"' ? /"((?:[^"]|"")*)"/y : /([^,\r\n]*)/y
  pattern.lastIndex = at
  const found = pattern.exec(text)
  if (found === null) return undefined
  return { value: (found[1] ?? '').replaceAll('""', '"'), end: at + found[0].length }
}

/** A record as comma-separated text, every cell in quotes. */
export const printRecord = (cells: readonly string[]): string =>
  `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`
