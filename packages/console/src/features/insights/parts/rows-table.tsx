import type { InsightPreview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import styles from './insights.module.css'

/** A row of an insight. */
type Row = InsightPreview['rows'][number]

const numeric: readonly string[] = ['integer', 'decimal', 'number']

/** Rows of an insight with its own columns, close together; where it is narrow they are scrolled. */
export function RowsTable({
  label,
  answer: { columns, rows },
  tools,
}: {
  label: string
  answer: InsightPreview
  /** What can be done with a row. */
  tools?: (row: Row) => ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard too
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      <table className={styles.cells} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th key={name} scope="col" data-align={alignOf(type)} title={type}>
                {name}
              </th>
            ))}
            {tools && <th scope="col">{texts.insights.data.tools}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // Rows have no name of their own, and stand as the server gave them.
            <tr key={i}>
              {columns.map(({ name, type }) => (
                <td key={name} data-align={alignOf(type)}>
                  {formatValue(row[name], type)}
                </td>
              ))}
              {tools && <td>{tools(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const alignOf = (type: string) => (numeric.includes(type) ? 'end' : undefined)
