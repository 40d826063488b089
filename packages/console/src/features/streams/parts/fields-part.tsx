import type { StreamOverview } from '@tessera/platform/contract'
import type { StreamField } from '../../../lib/api-types.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Tag } from '../../../ui/tag.tsx'

const words = texts.streams.fields

const columns: readonly Column<StreamField>[] = [
  { key: 'name', title: words.name, cell: ({ name }) => name },
  { key: 'label', title: words.label, cell: ({ label }) => label },
  { key: 'type', title: words.type, cell: ({ type }) => <Tag>{type}</Tag> },
]

/** The fields of a stream with their types. */
export function FieldsPart({ stream: { fields } }: { stream: StreamOverview }) {
  if (fields.length === 0) return <EmptyState icon="model" title={words.empty} />
  return (
    <DataTable
      label={texts.streams.tabs.fields}
      rows={fields}
      columns={columns}
      rowKey={({ name }) => name}
    />
  )
}
