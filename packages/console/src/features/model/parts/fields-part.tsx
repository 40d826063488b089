import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { mappingsQuery } from '../../../lib/mappings.ts'
import type { ModelFieldFacts, ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { LinkText } from '../../../ui/link-text.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { usesQuery } from '../api/model.ts'
import { pageOf } from '../lineage.ts'
import { nameOf, type Origin, originsOf, type Use, usesOf } from '../uses.ts'
import styles from './model.module.css'

const words = texts.model.object

interface Row {
  readonly object: string
  readonly name: string
  readonly facts: ModelFieldFacts
  readonly isTime: boolean
  readonly origins: readonly Origin[]
  /** What asks it itself, and how much is made of those. */
  readonly uses: readonly Use[]
  readonly further: number
}

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: ({ object, name, facts, isTime }) => (
      <span className={styles.name}>
        <Link
          to="/model/$object"
          params={{ object }}
          search={{ tab: 'lineage', field: name }}
          className={styles.label}
          title={words.toLineage}
        >
          {facts.label ?? name}
        </Link>
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
    cell: ({ uses, further }) => (
      <span className={styles.tags}>
        {uses.map((use) => (
          <UseName key={nameOf(use)} use={use} />
        ))}
        {further > 0 && <span className={styles.quiet}>{words.further(further)}</span>}
      </span>
    ),
  },
]

/** Something that is made of the model; leads to its page. */
function UseName({ use }: { use: Use }) {
  const page = pageOf(use)
  const kind = texts.model.lineage.kinds[use.kind]
  if (page === undefined) return <span title={kind}>{use.label}</span>
  return (
    <span title={kind}>
      <LinkText to={page} className={styles.link}>
        {use.label}
      </LinkText>
    </span>
  )
}

/** The fields of an object, each with the formulas that fill it and with what is made of it. */
export function FieldsPart({
  object,
  model,
}: {
  object: ModelObjectFacts
  model: readonly ModelObjectFacts[]
}) {
  const { data: mappings = [] } = useQuery(mappingsQuery)
  const { data: uses = [] } = useQuery(usesQuery(model))
  const origins = originsOf(
    object.key,
    mappings.map(({ body }) => body),
  )
  const rows = Object.entries(object.fields).map(([name, facts]) => {
    const path = `${object.key}.${name}`
    const direct = uses.filter(({ asks }) => asks.has(path))
    return {
      object: object.key,
      name,
      facts,
      isTime: object.time === name,
      origins: origins.get(name) ?? [],
      uses: direct,
      further: usesOf(path, uses).length - direct.length,
    }
  })
  return (
    <DataTable
      label={words.tabs.fields}
      rows={rows}
      columns={columns}
      rowKey={({ name }) => name}
    />
  )
}
