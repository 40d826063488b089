/** A record of delimited text. Nothing is left empty; an empty text is put between quotes, so that the two differ. */
export function csvLine(cells: readonly (string | null)[]): string {
  const line = cells.map(csvCell).join(',')
  // An empty line would be no record.
  return line === '' ? '""\n' : `${line}\n`
}

function csvCell(value: string | null): string {
  if (value === null) return ''
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
