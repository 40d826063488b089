import type { Summary } from '@tessera/platform/contract'
import { formatCount, formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Figure, Figures } from '../../../ui/figure.tsx'

const words = texts.flow.figures

/** Today's figures, from source records to deliveries; without numbers until they are known. */
export function SummaryFigures({ summary }: { summary: Summary | undefined }) {
  if (summary === undefined) return <Unknown />
  return <Known of={summary} />
}

// The place of the remark stays, so that nothing moves when it comes.
const blank = '\u00a0'

function Unknown() {
  return (
    <Figures>
      {(['records', 'customers', 'rate', 'segments', 'deliveries'] as const).map((name) => (
        <Figure key={name} label={words[name]} value={texts.none} remark={blank} />
      ))}
    </Figures>
  )
}

function Known({ of }: { of: Summary }) {
  const people = of.sources.filter((source) => source.people)
  const members = of.segments.reduce((sum, segment) => sum + segment.members, 0)
  const [delivered, waiting, dead] = (['delivered', 'waiting', 'dead'] as const).map((state) =>
    of.deliveries.reduce((sum, delivery) => sum + delivery[state], 0),
  )
  const ratio = of.profiles === 0 ? 0 : of.source_records / of.profiles
  return (
    <Figures>
      <Figure
        label={words.records}
        value={formatCount(of.source_records)}
        remark={words.recordsRemark(people.length)}
      />
      <Figure
        label={words.customers}
        value={formatCount(of.profiles)}
        remark={words.customersRemark(ratio.toFixed(1))}
      />
      <Figure
        label={words.rate}
        value={formatShare(of.consolidation_rate)}
        remark={words.rateRemark}
      />
      <Figure
        label={words.segments}
        value={formatCount(of.segments.length)}
        remark={words.segmentsRemark(members)}
      />
      <Figure
        label={words.deliveries}
        value={formatCount(delivered ?? 0)}
        remark={words.deliveriesRemark(waiting ?? 0, dead ?? 0)}
      />
    </Figures>
  )
}
