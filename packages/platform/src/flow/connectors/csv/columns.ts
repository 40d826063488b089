import { columnNames } from '#kernel/names.ts'
import type { Column } from '../spooled-file.ts'
import { looksLikeData } from './look.ts'
import { commonWidth } from './signs.ts'

/** What is looked at of a value: how it is written, and what else a format knows of it. */
interface Written {
  readonly text: string
}

type Records<Value extends Written> = readonly (readonly Value[])[]

/**
 * Whether the first record holds names rather than values: each column that can tell has a vote. `isData` says what could be
 * no name.
 */
export function hasHeader<Value extends Written>(
  [first = [], ...rest]: Records<Value>,
  isData: (value: Value) => boolean = ({ text }) => looksLikeData(text),
): boolean {
  // A file that was put together of several repeats its header; that proves nothing against it.
  const body = rest.filter((record) => !record.every((cell, i) => cell.text === first[i]?.text))
  const votes = first.map((value, i) => {
    const below = body.flatMap((record) => record[i] ?? []).filter(isFilled)
    return isFilled(value) ? voteOf(value, below, isData) : 0
  })
  const sum = votes.reduce((a, b) => a + b, 0)
  return sum === 0 ? !first.some(isData) : sum > 0
}

const isFilled = ({ text }: Written) => text.trim() !== ''

function voteOf<Value extends Written>(
  first: Value,
  below: readonly Value[],
  isData: (value: Value) => boolean,
): number {
  const isTyped = below.length > 0 && below.filter(isData).length >= 0.8 * below.length
  if (isTyped) return isData(first) ? -1 : 1
  return below.some(({ text }) => text === first.text) ? -1 : 0
}

/** The columns of a sample, by the names in its first record if that is a header. */
export function columnsOf(records: Records<Written>, header: boolean): readonly Column[] {
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
