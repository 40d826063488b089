import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StreamOverview } from '@tessera/platform/contract'
import type { StreamField } from '../../../lib/api-types.ts'
import { filledBy } from '../../../lib/mapping.ts'
import { mappingsQuery } from '../../../lib/mappings.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Tag } from '../../../ui/tag.tsx'
import styles from './streams.module.css'

const words = texts.streams.fields

interface Row extends StreamField {
  /** The fields of the model that are made of it. */
  readonly fills: readonly { readonly object: string; readonly field: string }[]
}

const columns: readonly Column<Row>[] = [
  { key: 'name', title: words.name, cell: ({ name }) => name },
  { key: 'label', title: words.label, cell: ({ label }) => label },
  { key: 'type', title: words.type, cell: ({ type }) => <Tag>{type}</Tag> },
  {
    key: 'fills',
    title: words.fills,
    cell: ({ fills }) => (
      <span className={styles.tags}>
        {fills.map(({ object, field }) => (
          <Link
            key={`${object}.${field}`}
            to="/model/$object"
            params={{ object }}
            search={{ tab: 'lineage', field }}
            className={styles.link}
          >
            {object}.{field}
          </Link>
        ))}
      </span>
    ),
  },
]

/** The fields of a stream with their types, and what each fills of the model. */
export function FieldsPart({ stream: { key: stream, fields } }: { stream: StreamOverview }) {
  const { data: mappings = [] } = useQuery(mappingsQuery)
  if (fields.length === 0) return <EmptyState icon="model" title={words.empty} />
  const own = mappings.map(({ body }) => body).filter((body) => body.stream === stream)
  const rows = fields.map((field) => ({
    ...field,
    fills: own.flatMap((mapping) => filledBy(mapping, field.name)),
  }))
  return (
    <DataTable
      label={texts.streams.tabs.fields}
      rows={rows}
      columns={columns}
      rowKey={({ name }) => name}
    />
  )
}
