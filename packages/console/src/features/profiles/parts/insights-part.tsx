import { useQuery } from '@tanstack/react-query'
import type { InsightValues } from '@tessera/platform/contract'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Sparkline } from '../../../ui/sparkline.tsx'
import { insightsQuery } from '../api/profiles.ts'
import { seriesOf } from '../series.ts'
import styles from './profile.module.css'

const words = texts.customers.insights

/** What all insights say about a customer. */
export function InsightsPart({ id }: { id: string }) {
  const insights = useQuery(insightsQuery(id))
  return (
    <Panel title={words.title}>
      <Answer query={insights} height={160}>
        {(all) => {
          const speaking = all.filter(({ rows }) => rows.length > 0)
          if (speaking.length === 0) return <p className={styles.quiet}>{words.empty}</p>
          return speaking.map((insight) => <Insight key={insight.insight} of={insight} />)
        }}
      </Answer>
    </Panel>
  )
}

function Insight({ of: { label, rows } }: { of: InsightValues }) {
  const series = seriesOf(rows)
  const numbered = rows.map((row, i) => ({ number: i, facts: factsOf(row) }))
  return (
    <div className={styles.insight}>
      <div className={styles.insightName}>{label}</div>
      {series.map(({ name, values }) => (
        <div key={name} className={styles.series}>
          <span className={styles.quiet}>{name.replaceAll('_', ' ')}</span>
          <Sparkline label={words.over(name.replaceAll('_', ' '), values.length)} values={values} />
        </div>
      ))}
      {numbered.map(({ number, facts }) => (
        <Facts key={number} numbers="numbers" facts={facts} />
      ))}
    </div>
  )
}

const factsOf = (row: InsightValues['rows'][number]): [string, string][] =>
  Object.entries(row)
    .filter(([name]) => name !== 'profile_id')
    .map(([name, value]) => [name.replaceAll('_', ' '), shownOf(value)])

// Values come without their types here; a text that is an instant is shown as one.
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
const shownOf = (value: unknown): string => {
  if (typeof value === 'string' && instant.test(value)) return formatValue(value, 'timestamp')
  return value === null ? texts.none : formatValue(value)
}
