import type { InsightPreview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatValue } from '../../../lib/format.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import styles from './insights.module.css'

/** A row of an insight. */
export type Row = InsightPreview['rows'][number]

const numeric: readonly string[] = ['integer', 'decimal', 'number']

/** Rows of an insight with its own columns; dimensions tell them apart. */
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
  const shown: readonly Column<{ readonly row: Row; readonly number: number }>[] = [
    ...columns.map(({ name, type }) => ({
      key: name,
      title: name.replaceAll('_', ' '),
      ...(numeric.includes(type) ? { align: 'end' as const } : {}),
      cell: ({ row }: { readonly row: Row }) => formatValue(row[name], type),
    })),
    ...(tools === undefined
      ? []
      : [
          {
            key: '',
            title: '',
            align: 'end' as const,
            cell: ({ row }: { readonly row: Row }) => tools(row),
          },
        ]),
  ]
  return (
    <div className={styles.scroll}>
      <DataTable
        label={label}
        rows={rows.map((row, number) => ({ row, number }))}
        columns={shown}
        rowKey={({ number }) => String(number)}
      />
    </div>
  )
}
