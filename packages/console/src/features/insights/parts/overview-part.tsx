import { useQuery } from '@tanstack/react-query'
import type { InsightOverview } from '@tessera/platform/contract'
import { modelQuery } from '../../../lib/definitions.ts'
import { formatCount, formatDuration, formatValue } from '../../../lib/format.ts'
import { nodesQuery } from '../../../lib/jobs.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Figure, Figures } from '../../../ui/figure.tsx'
import shared from '../../../ui/lines.module.css'
import { NodeList } from '../../../ui/node-list.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { sqlQuery } from '../api/insights.ts'
import styles from './insights.module.css'

const words = texts.insights

/** An insight at a glance: its last run, its measures, its SQL, and what it is made from and used for. */
export function OverviewPart({ insight }: { insight: InsightOverview }) {
  return (
    <div className={styles.stack}>
      <Standing insight={insight} />
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Panel title={words.measures.title} flush="flush">
            <DataTable
              label={words.measures.title}
              rows={insight.measures}
              columns={columns}
              rowKey={({ name }) => name}
            />
          </Panel>
          <Sql insightKey={insight.key} />
        </div>
        <div className={styles.stack}>
          <Uses insightKey={insight.key} />
        </div>
      </div>
    </div>
  )
}

function Standing({ insight: { rows, lastRun, on } }: { insight: InsightOverview }) {
  const { how, why, groups, tooLate = 0, missingRates = 0 } = lastRun ?? {}
  const about = useSubject(on)
  return (
    <Figures>
      <Figure
        label={words.figures.rows}
        value={rows === undefined ? texts.none : formatCount(rows)}
        remark={rows === undefined ? words.states.never : undefined}
      />
      <Figure
        label={words.figures.run}
        value={lastRun === undefined ? texts.none : <Ago time={lastRun.at} />}
        remark={lastRun && `${words.figures.took}: ${formatDuration(lastRun.tookMs)}`}
      />
      <Figure
        label={words.figures.how}
        value={how === undefined ? texts.none : words.figures.hows[how]}
        remark={[
          why,
          groups !== undefined && how === 'changes' && words.figures.groups(groups),
          tooLate > 0 && words.figures.tooLate(tooLate),
          missingRates > 0 && words.figures.missingRates(missingRates),
        ]
          .filter((said) => typeof said === 'string')
          .join('; ')}
      />
      <Figure label={words.figures.on} value={about} />
    </Figures>
  )
}

/** Whose values these are, in words. */
function useSubject(on: string | undefined): string {
  const { data: model } = useQuery(modelQuery)
  if (on === undefined) return words.figures.nobody
  if (on === 'individual') return words.figures.people
  return model?.objects.find(({ key }) => key === on)?.label ?? on
}

type Measure = InsightOverview['measures'][number]

const amount = (key: 'min' | 'average' | 'max'): Column<Measure> => ({
  key,
  title: words.measures[key],
  align: 'end',
  cell: (measure) => (measure[key] === undefined ? texts.none : formatValue(roughly(measure[key]))),
})

// An average of many has more digits than it means.
const roughly = (value: number): number => Math.round(value * 100) / 100

const columns: readonly Column<Measure>[] = [
  { key: 'name', title: words.measures.name, cell: ({ name }) => name },
  { key: 'type', title: words.measures.type, cell: ({ type }) => type && <Tag>{type}</Tag> },
  amount('min'),
  amount('average'),
  amount('max'),
  {
    key: 'rollup',
    title: words.measures.rollup,
    cell: ({ rollup }) =>
      rollup === undefined ? (
        <span className={styles.small}>{words.measures.noRollup}</span>
      ) : (
        words.measures.rollups[rollup]
      ),
  },
]

function Sql({ insightKey }: { insightKey: string }) {
  const sql = useQuery(sqlQuery(insightKey))
  return (
    <Panel
      title={words.sql.title}
      aside={
        sql.data && (
          <Tag>{sql.data.written === 'by hand' ? words.sql.byHand : words.sql.byParts}</Tag>
        )
      }
    >
      <Answer query={sql} height={120}>
        {(found) => <pre className={styles.query}>{found.sql.trim()}</pre>}
      </Answer>
    </Panel>
  )
}

function Uses({ insightKey }: { insightKey: string }) {
  const flow = useQuery(nodesQuery)
  const node = `insight:${insightKey}`
  return (
    <Answer query={flow} height={120}>
      {({ nodes }) => {
        const users = nodes.filter(({ inputs }) => inputs.includes(node))
        const inputs = nodes.find(({ key }) => key === node)?.inputs ?? []
        return (
          <>
            <Panel title={words.uses.title}>
              {users.length === 0 ? (
                <p className={shared.quiet}>{words.uses.none}</p>
              ) : (
                <NodeList nodes={users} />
              )}
            </Panel>
            <Panel title={words.uses.made}>
              <NodeList nodes={nodes.filter(({ key }) => inputs.includes(key))} />
            </Panel>
          </>
        )
      }}
    </Answer>
  )
}
