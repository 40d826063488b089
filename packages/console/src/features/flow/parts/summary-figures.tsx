import type { Summary } from '@tessera/platform/contract'
import { formatCount, formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Figure, Figures } from '../../../ui/figure.tsx'

const words = texts.flow.figures

/** Today's figures, from source records to deliveries. */
export function SummaryFigures({ summary }: { summary: Summary | undefined }) {
  const of = summary ?? nothing
  const people = of.sources.filter((source) => source.people)
  const members = of.segments.reduce((sum, segment) => sum + segment.members, 0)
  const [delivered, waiting, dead] = (['delivered', 'waiting', 'dead'] as const).map((state) =>
    of.deliveries.reduce((sum, delivery) => sum + delivery[state], 0),
  )
  const shown = (text: string) => (summary === undefined ? texts.none : text)
  const ratio = of.profiles === 0 ? 0 : of.source_records / of.profiles
  return (
    <Figures>
      <Figure
        label={words.records}
        value={shown(formatCount(of.source_records))}
        remark={words.recordsRemark(people.length)}
      />
      <Figure
        label={words.customers}
        value={shown(formatCount(of.profiles))}
        remark={words.customersRemark(ratio.toFixed(1))}
      />
      <Figure
        label={words.rate}
        value={shown(formatShare(of.consolidation_rate))}
        remark={words.rateRemark}
      />
      <Figure
        label={words.segments}
        value={shown(formatCount(of.segments.length))}
        remark={words.segmentsRemark(members)}
      />
      <Figure
        label={words.deliveries}
        value={shown(formatCount(delivered ?? 0))}
        remark={words.deliveriesRemark(waiting ?? 0, dead ?? 0)}
      />
    </Figures>
  )
}

const nothing: Summary = {
  sources: [],
  source_records: 0,
  profiles: 0,
  consolidation_rate: 0,
  insights: [],
  segments: [],
  deliveries: [],
}
