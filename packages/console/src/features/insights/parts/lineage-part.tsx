import { useQuery } from '@tanstack/react-query'
import type { InsightLineage } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { lineageQuery } from '../api/insights.ts'
import styles from './insights.module.css'

const words = texts.insights.lineage

/** Of each column, the fields it is made of; and all that is read, also for joins and conditions. */
export function LineagePart({ insightKey }: { insightKey: string }) {
  const lineage = useQuery(lineageQuery(insightKey))
  return (
    <Answer query={lineage} height={240}>
      {({ columns, reads }) => (
        <div className={styles.stack}>
          <Panel title={words.title} flush="flush">
            <DataTable
              label={words.title}
              rows={columns}
              columns={columnsOfMade}
              rowKey={({ name }) => name}
            />
          </Panel>
          <Panel title={words.reads} flush="flush">
            <DataTable
              label={words.reads}
              rows={reads}
              columns={columnsOfReads}
              rowKey={({ relation }) => relation}
            />
          </Panel>
        </div>
      )}
    </Answer>
  )
}

type Made = InsightLineage['columns'][number]
type Reads = InsightLineage['reads'][number]

const columnsOfMade: readonly Column<Made>[] = [
  { key: 'column', title: words.column, cell: ({ name }) => <code>{name}</code> },
  { key: 'is', title: words.is, cell: ({ is }) => <Tag>{words.kinds[is]}</Tag> },
  {
    key: 'from',
    title: words.from,
    cell: ({ from }) =>
      from.length === 0 ? (
        <span className={styles.small}>{words.rowsOnly}</span>
      ) : (
        <code>{from.map(({ relation, column }) => `${relation}.${column}`).join(', ')}</code>
      ),
  },
]

const columnsOfReads: readonly Column<Reads>[] = [
  { key: 'relation', title: words.relation, cell: ({ relation }) => <code>{relation}</code> },
  {
    key: 'columns',
    title: words.columns,
    cell: ({ columns }) => (
      <code>{typeof columns === 'string' ? words.all : columns.join(', ')}</code>
    ),
  },
]
