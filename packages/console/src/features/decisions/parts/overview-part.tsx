import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DecisionReport } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { formatCount, formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Figure, Figures } from '../../../ui/figure.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { Plot } from '../../../ui/plot.tsx'
import { useNow } from '../../../ui/use-now.ts'
import { type DecisionAddress, type Outcome, outcomes, spans } from '../address.ts'
import { reportQuery } from '../api/decisions.ts'
import { plotOf } from '../choose.ts'
import type { DecisionView } from '../decision-view.ts'
import styles from './decisions.module.css'

const words = texts.decisions.figures

/** How often the offers were given, shown and clicked: in all, by day and by offer. */
export function OverviewPart({
  decision: { key },
  address,
  go,
}: {
  decision: DecisionView
  address: DecisionAddress
  go: (address: DecisionAddress) => void
}) {
  const { days = '30', outcome = 'chosen' } = address
  const report = useQuery(reportQuery(key, Number(days)))
  return (
    <Answer query={report} height={420}>
      {(found) => (
        <div className={styles.stack}>
          <Totals of={found} days={Number(days)} />
          <Panel
            title={words.title}
            aside={
              <span className={shared.actions}>
                <SegmentedControl
                  size="xs"
                  aria-label={words.outcome}
                  value={outcome}
                  data={outcomes.map((value) => ({
                    value,
                    label: texts.decisions.outcomes[value],
                  }))}
                  onChange={(next) => go({ ...address, outcome: next })}
                />
                <SegmentedControl
                  size="xs"
                  aria-label={words.days}
                  value={days}
                  data={spans.map((value) => ({ value, label: words.span(Number(value)) }))}
                  onChange={(next) => go({ ...address, days: next })}
                />
              </span>
            }
          >
            {found.offers.length === 0 ? (
              <EmptyState icon="offer" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            ) : (
              <Days of={found} days={Number(days)} outcome={outcome} />
            )}
          </Panel>
          {found.offers.length > 0 && (
            <Panel title={words.byOffer} flush="flush">
              <DataTable
                label={words.byOffer}
                rows={found.offers}
                columns={columns}
                rowKey={({ offer }) => offer}
              />
            </Panel>
          )}
        </div>
      )}
    </Answer>
  )
}

function Totals({ of: { offers }, days }: { of: DecisionReport; days: number }) {
  const sum = (outcome: Outcome) => offers.reduce((all, one) => all + one[outcome], 0)
  return (
    <Figures>
      {outcomes.map((outcome) => (
        <Figure
          key={outcome}
          label={texts.decisions.outcomes[outcome]}
          value={formatCount(sum(outcome))}
          remark={words.remark(days)}
        />
      ))}
      <Figure label={words.share} value={shareOf(sum('clicked'), sum('shown'))} />
    </Figures>
  )
}

const shareOf = (clicked: number, shown: number): string =>
  shown === 0 ? texts.none : formatShare(clicked / shown)

function Days({ of, days, outcome }: { of: DecisionReport; days: number; outcome: Outcome }) {
  const today = new Date(useNow()).setUTCHours(0, 0, 0, 0)
  const plot = useMemo(() => plotOf(of, { outcome, days, now: today }), [of, outcome, days, today])
  return <Plot plot={plot} height={260} />
}

type OfferFigures = DecisionReport['offers'][number]

const columns: readonly Column<OfferFigures>[] = [
  { key: 'offer', title: words.offer, cell: ({ offer }) => offer },
  ...outcomes.map(
    (outcome): Column<OfferFigures> => ({
      key: outcome,
      title: texts.decisions.outcomes[outcome],
      align: 'end',
      cell: (one) => formatCount(one[outcome]),
    }),
  ),
  {
    key: 'share',
    title: words.share,
    align: 'end',
    cell: ({ clicked, shown }) => shareOf(clicked, shown),
  },
]
