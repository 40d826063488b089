import { useVirtualizer } from '@tanstack/react-virtual'
import type { QueryAnswer } from '@tessera/platform/contract'
import { useMemo, useRef } from 'react'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import styles from './explore.module.css'

const rowPx = 27
const numeric: readonly string[] = ['integer', 'decimal', 'number']

/** Any number of rows; only those that are seen are there. */
export function ResultTable({ answer: { columns, rows } }: { answer: QueryAnswer }) {
  const frame = useRef<HTMLElement>(null)
  const widths = useMemo(() => columns.map((column) => widthOf(column, rows)), [columns, rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowPx,
    overscan: 12,
  })
  const shown = virtual.getVirtualItems()
  const above = shown[0]?.start ?? 0
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section ref={frame} className={styles.rows} tabIndex={0} aria-label={texts.explore.result}>
      <table className={styles.cells} aria-rowcount={rows.length + 1}>
        <colgroup>
          {columns.map(({ name }, i) => (
            <col key={name} style={{ width: `${widths[i]}ch` }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th key={name} scope="col" title={`${name}, ${type}`} data-align={alignOf(type)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap px={above} columns={columns.length} />
          {shown.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2} style={{ height: rowPx }}>
              {columns.map(({ name, type }) => {
                const text = formatValue(rows[index]?.[name], type)
                return (
                  <td key={name} data-align={alignOf(type)} title={text}>
                    {text}
                  </td>
                )
              })}
            </tr>
          ))}
          <Gap px={below} columns={columns.length} />
        </tbody>
      </table>
    </section>
  )
}

function Gap({ px, columns }: { px: number; columns: number }) {
  if (px <= 0) return null
  return (
    <tr>
      <td colSpan={columns} style={{ height: px, padding: 0, border: 0 }} />
    </tr>
  )
}

const alignOf = (type: string) => (numeric.includes(type) ? 'end' : undefined)

// Widths must not jump while one scrolls: they are taken from the first rows.
function widthOf({ name, type }: QueryAnswer['columns'][number], rows: QueryAnswer['rows']) {
  const lengths = rows.slice(0, 200).map((row) => formatValue(row[name], type).length)
  return Math.min(48, Math.max(8, name.length, ...lengths) + 4)
}
