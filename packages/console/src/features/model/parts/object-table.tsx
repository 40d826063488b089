import { Link } from '@tanstack/react-router'
import { formatCount } from '../../../lib/format.ts'
import type { ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { relationsOf } from '../layout.ts'
import styles from './model.module.css'

const words = texts.model

/** The objects of the model, one in each row. */
export function ObjectTable({
  objects,
  areas,
  rows,
}: {
  objects: readonly ModelObjectFacts[]
  areas: Readonly<Record<string, string>>
  rows: ReadonlyMap<string, number>
}) {
  const relations = relationsOf(objects)
  const columns: readonly Column<ModelObjectFacts>[] = [
    {
      key: 'object',
      title: words.columns.object,
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
      cell: ({ subject_area: area }) => areas[area] ?? area,
    },
    {
      key: 'category',
      title: words.columns.category,
      cell: ({ category }) => <Tag>{category}</Tag>,
    },
    {
      key: 'fields',
      title: words.columns.fields,
      align: 'end',
      cell: ({ fields }) => formatCount(Object.keys(fields).length),
    },
    {
      key: 'relations',
      title: words.columns.relations,
      cell: ({ key }) => (
        <span className={styles.tags}>
          {relations
            .filter(({ from }) => from === key)
            .map(({ to }) => (
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
      cell: ({ key }) => shownRows(rows.get(key)),
    },
  ]
  return (
    <DataTable label={words.title} rows={objects} columns={columns} rowKey={({ key }) => key} />
  )
}

const shownRows = (rows: number | undefined): string =>
  rows === undefined ? texts.none : formatCount(rows)
