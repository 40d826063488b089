import { CloseButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { InsightRowBehind, InsightRowsBehind } from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import { behindQuery } from '../api/insights.ts'
import styles from './insights.module.css'

const words = texts.insights.data

/** The rows that one row of an insight was computed from. */
export function BehindPart({
  insightKey,
  dimensions,
  onClose,
}: {
  insightKey: string
  dimensions: Body
  onClose: () => void
}) {
  const behind = useQuery(behindQuery(insightKey, dimensions))
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
              <p className={styles.bar}>{words.behindTitle(answer.total)}</p>
              <DataTable
                label={words.behind}
                rows={answer.rows}
                columns={columnsOf(answer)}
                rowKey={(row) => JSON.stringify([row.key, row.fields])}
              />
            </>
          )}
        </Answer>
      )}
    </Panel>
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
  ]
}
