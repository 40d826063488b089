import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { mappingsQuery } from '../../../lib/mappings.ts'
import type { ModelFieldFacts, ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { LinkText } from '../../../ui/link-text.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { usesQuery } from '../api/model.ts'
import { type Origin, originsOf, type Use } from '../uses.ts'
import styles from './model.module.css'

const words = texts.model.object

interface Row {
  readonly name: string
  readonly facts: ModelFieldFacts
  readonly isTime: boolean
  readonly origins: readonly Origin[]
  readonly uses: readonly Use[]
}

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: ({ name, facts, isTime }) => (
      <span className={styles.name}>
        <span className={styles.label}>{facts.label ?? name}</span>
        <span className={styles.quiet}>
          {name}
          {isTime && `, ${words.time}`}
        </span>
        {facts.about && <span className={styles.quiet}>{facts.about}</span>}
      </span>
    ),
  },
  {
    key: 'type',
    title: words.columns.type,
    cell: ({ facts: { type, links_to: to } }) => (
      <span className={styles.tags}>
        <Tag>{type}</Tag>
        {to !== undefined && (
          <Link to="/model/$object" params={{ object: to }} className={styles.link}>
            → {to}
          </Link>
        )}
      </span>
    ),
  },
  {
    key: 'from',
    title: words.columns.from,
    cell: ({ origins }) => (
      <span className={styles.lines}>
        {origins.map(({ stream, formula }) => (
          <span key={`${stream} ${formula}`}>
            <Link to="/mappings/$stream" params={{ stream }} className={styles.link}>
              {stream}
            </Link>{' '}
            <code className={styles.formula}>{formula}</code>
          </span>
        ))}
      </span>
    ),
  },
  {
    key: 'to',
    title: words.columns.to,
    cell: ({ uses }) => (
      <span className={styles.tags}>
        {uses.map(({ kind, key }) => (
          <LinkText key={`${kind} ${key}`} to={`/${kind}s/${key}`} className={styles.link}>
            {key}
          </LinkText>
        ))}
      </span>
    ),
  },
]

/** The fields of an object, each with the formulas that fill it and with what is made of it. */
export function FieldsPart({ object }: { object: ModelObjectFacts }) {
  const { data: mappings = [] } = useQuery(mappingsQuery)
  const { data: uses = [] } = useQuery(usesQuery)
  const origins = originsOf(
    object.key,
    mappings.map(({ body }) => body),
  )
  const rows = Object.entries(object.fields).map(([name, facts]) => ({
    name,
    facts,
    isTime: object.time === name,
    origins: origins.get(name) ?? [],
    uses: uses.filter(({ fields }) => fields.has(`${object.key}.${name}`)),
  }))
  return (
    <DataTable
      label={words.tabs.fields}
      rows={rows}
      columns={columns}
      rowKey={({ name }) => name}
    />
  )
}
