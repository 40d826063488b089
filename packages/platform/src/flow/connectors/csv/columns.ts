import { columnNames } from '#kernel/names.ts'
import type { Column } from '../spooled-file.ts'
import { looksLikeData } from './look.ts'
import type { Cell } from './records.ts'
import { commonWidth } from './signs.ts'

type Records = readonly (readonly Cell[])[]

/** Whether the first record holds names rather than values: each column that can tell has a vote. */
export function hasHeader([first = [], ...rest]: Records): boolean {
  // A file that was put together of several repeats its header; that proves nothing against it.
  const body = rest.filter((record) => !record.every((cell, i) => cell.text === first[i]?.text))
  const votes = first.map(({ text }, i) =>
    text.trim() === ''
      ? 0
      : voteOf(
          text,
          body.map((record) => record[i]?.text ?? ''),
        ),
  )
  const sum = votes.reduce((a, b) => a + b, 0)
  return sum === 0 ? !first.some(({ text }) => looksLikeData(text)) : sum > 0
}

function voteOf(first: string, values: readonly string[]): number {
  const filled = values.filter((value) => value.trim() !== '')
  const asData = filled.filter(looksLikeData)
  const isTyped = filled.length > 0 && asData.length >= 0.8 * filled.length
  if (isTyped) return looksLikeData(first) ? -1 : 1
  return filled.includes(first) ? -1 : 0
}

/** The columns of a sample, by the names in its first record if that is a header. */
export function columnsOf(records: Records, header: boolean): readonly Column[] {
  const [first = [], ...rest] = records
  const body = header ? rest : records
  const width = Math.max(header ? first.length : 0, commonWidth(body))
  const labels = Array.from({ length: width }, (_, i) =>
    header ? (first[i]?.text ?? '').trim().replace(/\s+/g, ' ') : '',
  )
  const isBlank = (i: number) => body.every((record) => (record[i]?.text ?? '').trim() === '')
  return columnNames(labels).map((name, i) => ({
    name,
    label: labels[i] || name,
    empty: labels[i] === '' && isBlank(i),
  }))
}
