import type { ReactNode } from 'react'
import styles from './data-table.module.css'
import { Icon } from './icons.tsx'

/** One column of a table. */
export interface Column<Row, Key extends string = string> {
  readonly key: Key
  readonly title: string
  /** Numbers stand at the end, so that their digits are below one another. */
  readonly align?: 'end'
  readonly canSort?: 'can sort'
  readonly width?: string
  readonly cell: (row: Row) => ReactNode
}

/** By which column a table is sorted. */
export interface Sorting<Key extends string> {
  readonly by: Key
  readonly order: 'up' | 'down'
}

/** Rows and columns; where it is narrow each row becomes a card. */
export function DataTable<Row, Key extends string>({
  label,
  rows,
  columns,
  rowKey,
  sorting,
  onSort,
}: {
  label: string
  rows: readonly Row[]
  columns: readonly Column<Row, Key>[]
  rowKey: (row: Row, at: number) => string
  sorting?: Sorting<Key>
  onSort?: (by: Key) => void
}) {
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={rowKey(row, at)}>
              {columns.map(({ key, title, align, cell }) => (
                <td key={key} data-title={title} data-align={align}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function HeadCell<Row, Key extends string>({
  column: { key, title, align, canSort, width },
  sorting,
  onSort,
}: {
  column: Column<Row, Key>
  sorting: Sorting<Key> | undefined
  onSort: ((by: Key) => void) | undefined
}) {
  const order = sorting?.by === key ? sorting.order : undefined
  return (
    <th scope="col" data-align={align} style={{ width }} aria-sort={order && sortWords[order]}>
      {canSort && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(key)}>
          {title}
          <span className={styles.arrow} data-on={order !== undefined}>
            <Icon name={order === 'up' ? 'up' : 'down'} size={11} />
          </span>
        </button>
      ) : (
        title
      )}
    </th>
  )
}

const sortWords = { up: 'ascending', down: 'descending' } as const
