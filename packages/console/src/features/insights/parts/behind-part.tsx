import { CloseButton, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { InsightRowBehind, InsightRowsBehind } from '@tessera/platform/contract'
import { useState } from 'react'
import type { Body } from '../../../lib/body.ts'
import { formatCount, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import { behindQuery } from '../api/insights.ts'
import styles from './insights.module.css'

const words = texts.insights.data

/** The rows that one row of an insight was computed from, of each table that was read. */
export function BehindPart({
  insightKey,
  dimensions,
  onClose,
}: {
  insightKey: string
  dimensions: Body
  onClose: () => void
}) {
  const [table, setTable] = useState<string>()
  const behind = useQuery(behindQuery(insightKey, dimensions, table))
  const said = Object.entries(dimensions)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${formatValue(value) || texts.none}`)
    .join(', ')
  return (
    <Panel
      title={`${words.behind}: ${said}`}
      aside={<CloseButton size="sm" aria-label={words.close} onClick={onClose} />}
      flush="flush"
    >
      {behind.error ? (
        <Trouble thrown={behind.error} />
      ) : (
        <Answer query={behind} height={160}>
          {(answer) => (
            <>
              <div className={styles.bar}>
                <span>{words.behindTitle(answer.total)}</span>
                <Tables of={answer} onChoose={setTable} />
              </div>
              <DataTable
                label={words.behind}
                rows={answer.rows}
                columns={columnsOf(answer)}
                // Rows of an insight may be alike.
                rowKey={(_, at) => String(at)}
              />
            </>
          )}
        </Answer>
      )}
    </Panel>
  )
}

// SQL may read several tables, and some only to decide.
function Tables({
  of: { table = '', tables = [], asked = [] },
  onChoose,
}: {
  of: InsightRowsBehind
  onChoose: (table: string) => void
}) {
  return (
    <>
      {tables.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={words.behindTable}
          value={table}
          onChange={onChoose}
          data={tables.map(({ name, rows }) => ({
            value: name,
            label: `${name} (${formatCount(rows)})`,
          }))}
        />
      )}
      {asked.length > 0 && <span className={styles.small}>{words.behindAsked(asked)}</span>}
    </>
  )
}

function columnsOf({ rows, from }: InsightRowsBehind): readonly Column<InsightRowBehind>[] {
  const names = [...new Set(rows.flatMap(({ fields }) => Object.keys(fields)))]
  return [
    {
      key: '',
      title: from.replaceAll('_', ' '),
      cell: ({ stream, id, key }) =>
        stream === undefined ? (id ?? key ?? texts.none) : `${stream}: ${id ?? key ?? ''}`,
    },
    ...names.map((name) => ({
      key: name,
      title: name,
      cell: ({ fields }: InsightRowBehind) => formatValue(fields[name]),
    })),
    ...(rows.some(({ times }) => times !== undefined) ? [timesColumn] : []),
  ]
}

const timesColumn: Column<InsightRowBehind> = {
  key: 'counted',
  title: words.behindTimes,
  cell: ({ times = 1 }) => words.times(times),
}
