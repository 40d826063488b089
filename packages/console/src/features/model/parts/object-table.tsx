import { Link } from '@tanstack/react-router'
import { formatCount } from '../../../lib/format.ts'
import { arrange, type ListOf, sortedBy, sortingOf } from '../../../lib/listing.ts'
import type { ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { ModelAddress, ObjectSort } from '../address.ts'
import { relationsOf } from '../layout.ts'
import styles from './model.module.css'

const words = texts.model

/** The objects of the model, one in each row. */
export function ObjectTable({
  objects,
  areas,
  rows,
  address,
  go,
}: {
  objects: readonly ModelObjectFacts[]
  areas: Readonly<Record<string, string>>
  rows: ReadonlyMap<string, number>
  address: ModelAddress
  go: (to: ModelAddress) => void
}) {
  const relations = relationsOf(objects)
  const relationsFrom = (key: string) => relations.filter(({ from }) => from === key)
  const list: ListOf<ModelObjectFacts, ObjectSort> = {
    text: ({ key, label }) => `${key} ${label}`,
    by: {
      object: ({ label }) => label,
      area: ({ subject_area: area }) => areas[area] ?? area,
      category: ({ category }) => category,
      fields: ({ fields }) => Object.keys(fields).length,
      relations: ({ key }) => relationsFrom(key).length,
      rows: ({ key }) => rows.get(key) ?? -1,
    },
    usual: 'area',
  }
  const columns: readonly Column<ModelObjectFacts, ObjectSort>[] = [
    {
      key: 'object',
      title: words.columns.object,
      canSort: 'can sort',
      cell: ({ key, label, origin }) => (
        <Link to="/model/$object" params={{ object: key }} className={styles.name}>
          <span className={styles.label}>{label}</span>
          <span className={styles.quiet}>
            {key} {origin === 'custom' && <Tag>{words.object.custom}</Tag>}
          </span>
        </Link>
      ),
    },
    {
      key: 'area',
      title: words.columns.area,
      canSort: 'can sort',
      cell: ({ subject_area: area }) => areas[area] ?? area,
    },
    {
      key: 'category',
      title: words.columns.category,
      canSort: 'can sort',
      cell: ({ category }) => <Tag>{category}</Tag>,
    },
    {
      key: 'fields',
      title: words.columns.fields,
      align: 'end',
      canSort: 'can sort',
      cell: ({ fields }) => formatCount(Object.keys(fields).length),
    },
    {
      key: 'relations',
      title: words.columns.relations,
      canSort: 'can sort',
      cell: ({ key }) => (
        <span className={styles.tags}>
          {relationsFrom(key).map(({ to }) => (
            <Link key={to} to="/model/$object" params={{ object: to }} className={styles.link}>
              {to}
            </Link>
          ))}
        </span>
      ),
    },
    {
      key: 'rows',
      title: words.columns.rows,
      align: 'end',
      canSort: 'can sort',
      cell: ({ key }) => shownRows(rows.get(key)),
    },
  ]
  return (
    <DataTable
      label={words.title}
      // What is searched for was found before, in fields too.
      rows={arrange(objects, { ...address, q: '' }, list)}
      columns={columns}
      rowKey={({ key }) => key}
      sorting={sortingOf(objects, address, list)}
      onSort={(by) => go(sortedBy(address, by, objects, list))}
    />
  )
}

const shownRows = (rows: number | undefined): string =>
  rows === undefined ? texts.none : formatCount(rows)
