import type { QueryAnswer } from '@tessera/platform/contract'

type Answer = Pick<QueryAnswer, 'columns' | 'rows'>

/** An answer as CSV (RFC 4180). Texts that a spreadsheet would take for a formula are marked as text. */
export function csvOf({ columns, rows }: Answer): string {
  const head = columns.map(({ name }) => cell(name, 'text'))
  const lines = rows.map((row) => columns.map(({ name, type }) => cell(row[name], type)))
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('')
}

/** An answer as a list of objects. */
export const jsonOf = ({ rows }: Answer): string => `${JSON.stringify(rows, null, 2)}\n`

const plain: readonly string[] = ['integer', 'decimal', 'number']

function cell(value: unknown, type: string): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const isFormula = !plain.includes(type) && couldRun(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

// As in files that are sent (`destinations/file/csv.ts`): a sign alone runs nothing, so phone numbers stay as they are.
const couldRun = (text: string): boolean =>
  /^[=\uff1d\t\r]/.test(text) ||
  (/^[+\-@\uff0b\uff0d\uff20]/.test(text) && /\p{L}[\p{L}\d_.]*\s*\(|[|!]/u.test(text))

/** Hands a text to the browser as a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
