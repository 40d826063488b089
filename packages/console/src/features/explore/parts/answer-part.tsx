import { Button } from '@mantine/core'
import type { QueryAnswer } from '@tessera/platform/contract'
import { useEffect, useState } from 'react'
import { type Chart, chartFor } from '../../../lib/chart.ts'
import { formatDuration } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Waiting } from '../../../ui/answer.tsx'
import { ChartPart } from '../../../ui/chart-part.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import shared from '../../../ui/lines.module.css'
import { Trouble } from '../../../ui/trouble.tsx'
import type { ExploreView } from '../address.ts'
import { csvOf, download, jsonOf } from '../export.ts'
import { placedIn } from '../problems.ts'
import type { Asking } from '../use-question.ts'
import styles from './explore.module.css'
import { ResultTable } from './result-table.tsx'

const words = texts.explore

/** What came of a question: that it runs, why it was refused, or its answer as a table or a chart. */
export function AnswerPart({
  asking,
  isOther,
  view,
  chart,
  onChart,
  name,
}: {
  asking: Asking
  /** Whether it is the answer of a question that was open before this one. */
  isOther: boolean
  view: ExploreView
  /** The chart that was chosen or saved. */
  chart: unknown
  onChart: (chart: Chart) => void
  name: string
}) {
  const { answer, refused, isBusy, isStopped, startedAt, question } = asking
  if (isBusy) return <Running since={startedAt} />
  if (isStopped && !isOther)
    return (
      <p className={shared.line} data-tone="wait" role="status">
        {words.stopped}
      </p>
    )
  // What has a place in the text is told there.
  if (refused && !isOther && placedIn(refused).length === 0) return <Trouble thrown={refused} />
  if (!answer || isOther)
    return (
      <EmptyState icon="search" title={words.idle}>
        {words.idleHelp}
      </EmptyState>
    )
  const drawn = chartFor(answer, chart)
  return (
    <>
      <div className={styles.found}>
        <span role="status">{words.found(answer.rows.length, formatDuration(answer.tookMs))}</span>
        {answer.truncated && (
          <span className={styles.wait}>{words.truncated(question?.limit ?? 0)}</span>
        )}
        <span className={styles.grow} />
        <Exports answer={answer} name={name} />
      </div>
      {answer.rows.length === 0 && (
        <EmptyState icon="search" title={words.noRows}>
          {words.noRowsHelp}
        </EmptyState>
      )}
      {answer.rows.length > 0 && view === 'table' && <ResultTable answer={answer} />}
      {answer.rows.length > 0 && view === 'chart' && (
        <ChartPart answer={answer} chart={drawn} onChart={onChart} />
      )}
    </>
  )
}

function Running({ since }: { since: number }) {
  const [now, setNow] = useState(since)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <>
      <p className={styles.found} role="status">
        {words.running(Math.max(0, Math.round((now - since) / 1_000)))}
      </p>
      <Waiting height={200} />
    </>
  )
}

function Exports({ answer, name }: { answer: QueryAnswer; name: string }) {
  const about = words.exportAbout(answer.rows.length)
  const day = new Date().toISOString().slice(0, 10)
  return (
    <span className={shared.actions} title={about}>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={words.exportAs(words.exports.csv)}
        onClick={() => download(`${name}-${day}.csv`, 'text/csv', csvOf(answer))}
      >
        {words.exports.csv}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={words.exportAs(words.exports.json)}
        onClick={() => download(`${name}-${day}.json`, 'application/json', jsonOf(answer))}
      >
        {words.exports.json}
      </Button>
    </span>
  )
}
