import type { SourceLook } from '@tessera/platform/contract'
import { formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Tag } from '../../../ui/tag.tsx'
import styles from './sources.module.css'

const words = texts.sources

type Field = SourceLook['fields'][number]

const columns: readonly Column<Field>[] = [
  { key: 'name', title: words.fields.name, cell: ({ name }) => name },
  { key: 'type', title: words.fields.type, cell: ({ type }) => <Tag>{type}</Tag> },
  {
    key: 'filled',
    title: words.fields.filled,
    align: 'end',
    cell: ({ filled }) => formatShare(filled),
  },
  {
    key: 'examples',
    title: words.fields.examples,
    cell: ({ examples }) => (
      <span className={styles.quiet}>{examples.slice(0, 3).join(' · ')}</span>
    ),
  },
]

/** What was found in a source: its fields with types and examples. */
export function LookTable({ look: { batch, fields } }: { look: SourceLook }) {
  return (
    <>
      <p role="status" className={styles.good}>
        {words.looked(fields.length, batch)}
      </p>
      <DataTable
        label={words.steps.source}
        rows={fields}
        columns={columns}
        rowKey={({ name }) => name}
      />
    </>
  )
}
