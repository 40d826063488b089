import { useQuery } from '@tanstack/react-query'
import type { IdentityRun, RulesetStatus } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { formatCount, formatDuration, formatShare, formatTime } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { BarChart } from '../../../ui/bar-chart.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Figure, Figures } from '../../../ui/figure.tsx'
import { Panel } from '../../../ui/page.tsx'
import { runsQuery } from '../api/identity.ts'
import { barsOf, slowest } from '../history.ts'
import { ChangesPart } from './changes-part.tsx'
import styles from './identity.module.css'
import { RuleResults } from './rule-results.tsx'

const words = texts.identity

/** What the last run found, what the runs before found, where the time went, and what it did to profiles. */
export function ResultsPart({ status }: { status: RulesetStatus }) {
  const { last_run: run } = status
  if (run === undefined) {
    return (
      <Panel>
        <EmptyState icon="play" title={words.notRun}>
          {words.notRunHelp}
        </EmptyState>
      </Panel>
    )
  }
  return (
    <div className={styles.stack}>
      <RunFigures run={run} />
      <div className={styles.columns}>
        <div className={styles.stack}>
          <RuleResults rules={run.rules} />
          <Runs ruleset={status.ruleset} />
        </div>
        <div className={styles.stack}>
          <Steps run={run} />
          <ChangesPart status={status} />
        </div>
      </div>
    </div>
  )
}

function RunFigures({ run }: { run: IdentityRun }) {
  const { records, profiles, consolidation_rate, refused = 0, for_review = 0 } = run
  const { created, merged, split, retired } = run
  return (
    <Figures>
      <Figure
        label={words.figures.records}
        value={formatCount(records)}
        remark={words.figures.recordsRemark(formatDuration(run.duration_ms))}
      />
      <Figure label={words.figures.profiles} value={formatCount(profiles)} />
      <Figure
        label={words.figures.rate}
        value={formatShare(consolidation_rate)}
        remark={words.figures.rateRemark(records - profiles)}
      />
      <Figure
        label={words.figures.changes}
        value={[created, merged, split, retired].map(formatCount).join(' · ')}
        remark={words.figures.changesRemark}
      />
      <Figure
        label={words.figures.held}
        value={formatCount(refused + for_review)}
        remark={words.figures.heldRemark(refused, for_review)}
      />
    </Figures>
  )
}

const number = (
  key: 'created' | 'merged' | 'split' | 'retired' | 'refused',
): Column<IdentityRun> => ({
  key,
  title: words.runs[key],
  align: 'end',
  cell: (run) => formatCount(run[key] ?? 0),
})

const columns: readonly Column<IdentityRun>[] = [
  {
    key: 'started',
    title: words.runs.started,
    cell: ({ number: of, started_at }) => (
      <span className={styles.name}>
        <span>{formatTime(started_at)}</span>
        <span className={styles.small}>
          {words.runs.number} {of}
        </span>
      </span>
    ),
  },
  {
    key: 'took',
    title: words.runs.took,
    align: 'end',
    cell: (run) => formatDuration(run.duration_ms),
  },
  {
    key: 'records',
    title: words.figures.records,
    align: 'end',
    cell: (run) => formatCount(run.records),
  },
  {
    key: 'profiles',
    title: words.figures.profiles,
    align: 'end',
    cell: (run) => formatCount(run.profiles),
  },
  {
    key: 'rate',
    title: words.columns.rate,
    align: 'end',
    cell: (run) => formatShare(run.consolidation_rate),
  },
  number('created'),
  number('merged'),
  number('split'),
  number('retired'),
  number('refused'),
  {
    key: 'review',
    title: words.runs.review,
    align: 'end',
    cell: (run) => formatCount(run.for_review ?? 0),
  },
]

function Runs({ ruleset }: { ruleset: string }) {
  const runs = useQuery(runsQuery(ruleset))
  return (
    <Panel title={words.runs.title} flush="flush">
      <Answer query={runs} height={320}>
        {(found) => (
          <>
            <RunChart runs={found} />
            <DataTable
              label={words.runs.title}
              rows={found}
              columns={columns}
              rowKey={(run) => String(run.number)}
            />
          </>
        )}
      </Answer>
    </Panel>
  )
}

function RunChart({ runs }: { runs: readonly IdentityRun[] }) {
  const bars = useMemo(() => barsOf(runs), [runs])
  return (
    <div className={styles.chart}>
      <ul className={styles.legend}>
        {bars.series.map(({ name, colour }) => (
          <li key={name}>
            <span className={styles.swatch} style={{ background: `var(${colour})` }} /> {name}
          </li>
        ))}
      </ul>
      <BarChart bars={bars} height={160} />
    </div>
  )
}

function Steps({ run }: { run: IdentityRun }) {
  const { shown, others, longest } = slowest(run.steps)
  if (shown.length === 0) return null
  const widthOf = (ms: number) => `${Math.max(0.5, (100 * ms) / Math.max(1, longest))}%`
  return (
    <Panel title={words.steps.title} aside={formatDuration(run.duration_ms)}>
      <dl className={styles.steps}>
        {shown.map(({ step, ms }) => (
          <div key={step} className={styles.step}>
            <dt>{step.replaceAll('_', ' ')}</dt>
            <dd>{formatDuration(ms)}</dd>
            <dd className={styles.track} aria-hidden="true">
              <span className={styles.fill} style={{ width: widthOf(ms) }} />
            </dd>
          </div>
        ))}
        {others.count > 0 && (
          <div className={styles.step}>
            <dt className={styles.quiet}>{words.steps.others(others.count)}</dt>
            <dd>{formatDuration(others.ms)}</dd>
          </div>
        )}
      </dl>
    </Panel>
  )
}
