import { useQuery } from '@tanstack/react-query'
import type { ImportAnswer } from '@tessera/platform/contract'
import { fillsOf } from '../../../lib/mapping.ts'
import { type Mapping, mappingsQuery } from '../../../lib/mappings.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { streamQuery } from '../api/start.ts'
import styles from './start.module.css'

const words = texts.start.fields

interface Row {
  readonly name: string
  readonly type: string
  readonly fills: readonly string[]
}

const columns: readonly Column<Row>[] = [
  { key: 'name', title: words.name, cell: ({ name }) => name },
  { key: 'type', title: words.type, cell: ({ type }) => <Tag>{type}</Tag> },
  {
    key: 'fills',
    title: words.fills,
    cell: ({ fills }) =>
      fills.length === 0 ? (
        <span className={styles.quiet}>{words.nothing}</span>
      ) : (
        <span className={styles.tags}>
          {fills.map((path) => (
            <Tag key={path}>{path}</Tag>
          ))}
        </span>
      ),
  },
]

/** The fields that were found in a file, and what each fills in the model. */
export function FieldsStep({
  stream: key,
  imported,
}: {
  stream: string
  imported: ImportAnswer | undefined
}) {
  const mappings = useQuery(mappingsQuery)
  const stream = useQuery(streamQuery(key))
  return (
    <Answer query={mappings} height={200}>
      {(all) => {
        const mapping = all.find(({ body }) => body.stream === key)
        const fields = imported?.fields ?? stream.data?.fields ?? []
        return <Fields stream={key} mapping={mapping} fields={fields} />
      }}
    </Answer>
  )
}

function Fields({
  stream,
  mapping,
  fields,
}: {
  stream: string
  mapping: Mapping | undefined
  fields: readonly { readonly name: string; readonly type: string }[]
}) {
  const rows = fields.map(({ name, type }) => ({
    name,
    type,
    fills: mapping ? fillsOf(mapping.body, name) : [],
  }))
  return (
    <>
      <p className={mapping ? styles.quiet : styles.warning}>
        {mapping ? words.about(fields.length) : words.unmapped}
      </p>
      <div className={styles.table}>
        <DataTable
          label={texts.start.steps.fields}
          rows={rows}
          columns={columns}
          rowKey={({ name }) => name}
        />
      </div>
      <div className={styles.actions}>
        <LinkButton to={`/mappings/${stream}`} icon="model">
          {mapping ? words.change : words.map}
        </LinkButton>
      </div>
    </>
  )
}
