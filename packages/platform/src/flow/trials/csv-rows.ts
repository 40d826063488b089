import type { GivenRow } from './definition.ts'

/** The rows of a small CSV file: a head, commas, quotes as in RFC 4180. Numbers are told by how they are written. */
export function rowsOfCsv(text: string): readonly GivenRow[] {
  const [head = [], ...lines] = linesOf(text.replace(/^\uFEFF/, ''))
  return lines.map((cells) =>
    Object.fromEntries(head.map((name, i) => [name.trim(), cellIn(cells[i] ?? '')])),
  )
}

/** Text stays text where a number would not be written back as it was. */
function cellIn(cell: string): unknown {
  if (cell === '') return null
  return /^-?\d+(\.\d+)?$/.test(cell) && String(Number(cell)) === cell ? Number(cell) : cell
}

function linesOf(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [[]]
  // One cell with what ends it; a cell in quotes may hold all of that.
  for (const [all, cell = '', end = ''] of text.matchAll(
    /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g,
  )) {
    if (all === '') break
    lines.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    if (end.endsWith('\n')) lines.push([])
  }
  return lines.filter((line) => line.length > 1 || (line[0] ?? '') !== '')
}
