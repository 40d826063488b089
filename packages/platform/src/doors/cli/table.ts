/** How a column is written. */
export interface ColumnStyle {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Rows as a table of plain text; numbers are grouped by thousands. */
export function tableOf(
  columns: readonly ColumnStyle[],
  rows: readonly (readonly unknown[])[],
): string {
  const cells = rows.map((row) => row.map(cellOf))
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) =>
        columns[i]?.align === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd()
  const titles = columns.map(({ title }) => title)
  return [line(titles), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join(
    '\n',
  )
}

/** Records as a table; columns that hold only numbers are aligned to the right. */
export function tableOfRecords(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const columns = names.map((title): ColumnStyle => {
    const isNumber = rows.every((row) => typeof row[title] === 'number' || row[title] === null)
    return { title, align: isNumber ? 'right' : 'left' }
  })
  return tableOf(
    columns,
    rows.map((row) => names.map((name) => row[name])),
  )
}

/** A number with its thousands apart, such as 20,000. */
export const grouped = (of: number): string =>
  of.toLocaleString('en-US', { maximumFractionDigits: 4 })

function cellOf(of: unknown): string {
  if (of === null || of === undefined) return ''
  if (typeof of === 'number') return grouped(of)
  if (typeof of === 'object') return JSON.stringify(of)
  return String(of).replaceAll('\n', ' ')
}

/** A while in words, such as how far something is behind; a dash where it is not known. */
export function whileIn(ms: number | undefined): string {
  if (ms === undefined) return '-'
  if (ms < 1000) return `${ms} ms`
  const seconds = Math.round(ms / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
