import { textIn, wordIn } from './address.ts'

/** What the address of a list keeps: what is searched, and by what it is sorted. */
export interface ListAddress<Sort extends string> {
  readonly q?: string
  readonly sort?: Sort
  readonly order?: 'up' | 'down'
}

/** How the rows of a list are searched and sorted. */
export interface ListOf<Row, Sort extends string> {
  /** What is searched. */
  readonly text: (row: Row) => string
  /** What is compared; texts from A to Z, numbers from the largest, unless asked otherwise. */
  readonly by: Readonly<Partial<Record<Sort, (row: Row) => string | number>>>
  /** By what it is sorted unless the address says so. */
  readonly usual: Sort
  /** Columns of text that begin with the last: times. */
  readonly newestFirst?: readonly Sort[]
}

/** Reads the address of a list. */
export function readListAddress<const Sort extends string>(
  words: Readonly<Record<string, unknown>>,
  sorts: readonly Sort[],
): ListAddress<Sort> {
  const q = textIn(words, 'q')
  const sort = wordIn(words, 'sort', sorts)
  const order = wordIn(words, 'order', ['up', 'down'])
  return {
    ...(q === undefined ? {} : { q }),
    ...(sort === undefined ? {} : { sort }),
    ...(order === undefined ? {} : { order }),
  }
}

/** The rows that an address asks for, in its order; the others in the order they came in. */
export function arrange<Row, Sort extends string>(
  rows: readonly Row[],
  address: ListAddress<Sort>,
  of: ListOf<Row, Sort>,
): readonly Row[] {
  const { by, order } = sortingOf(rows, address, of)
  const sign = order === 'up' ? 1 : -1
  const value = of.by[by] ?? (() => 0)
  const words = (address.q ?? '').toLowerCase().split(/\s+/)
  return rows
    .filter((row) => words.every((word) => of.text(row).toLowerCase().includes(word)))
    .toSorted((a, b) => sign * compare(value(a), value(b)))
}

/** By what a list is sorted, as its table shows it. */
export function sortingOf<Row, Sort extends string>(
  rows: readonly Row[],
  { sort, order }: ListAddress<Sort>,
  of: ListOf<Row, Sort>,
): { readonly by: Sort; readonly order: 'up' | 'down' } {
  const by = sort !== undefined && of.by[sort] ? sort : of.usual
  return { by, order: order ?? naturalOrder(rows, by, of) }
}

/** What an address becomes when the head of a column is pressed: its natural order first, then the other. */
export function sortedBy<Row, Sort extends string, Address extends ListAddress<Sort>>(
  address: Address,
  sort: Sort,
  rows: readonly Row[],
  of: ListOf<Row, Sort>,
): Address {
  const now = sortingOf(rows, address, of)
  const other = now.order === 'up' ? 'down' : 'up'
  return { ...address, sort, order: now.by === sort ? other : naturalOrder(rows, sort, of) }
}

function naturalOrder<Row, Sort extends string>(
  rows: readonly Row[],
  sort: Sort,
  { by, newestFirst = [] }: ListOf<Row, Sort>,
): 'up' | 'down' {
  const [first] = rows
  const isText = first === undefined || typeof by[sort]?.(first) === 'string'
  return isText && !newestFirst.includes(sort) ? 'up' : 'down'
}

const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))
