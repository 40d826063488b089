import { useQuery } from '@tanstack/react-query'
import type { SegmentSize } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { formatHour, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { Plot } from '../../../ui/plot.tsx'
import type { SizeSpan } from '../address.ts'
import { sizesQuery } from '../api/segments.ts'

const words = texts.segments.sizes

/** How large a segment was, span by span, and who came and went in each. */
export function SizesPart({ segmentKey, per }: { segmentKey: string; per: SizeSpan }) {
  const sizes = useQuery(sizesQuery(segmentKey, per))
  return (
    <Panel title={words.title}>
      <Answer query={sizes} height={200}>
        {(all) =>
          all.length === 0 ? (
            <p className={shared.quiet}>{words.empty}</p>
          ) : (
            <SizeChart sizes={all} per={per} />
          )
        }
      </Answer>
    </Panel>
  )
}

function SizeChart({ sizes, per }: { sizes: readonly SegmentSize[]; per: SizeSpan }) {
  const plot = useMemo(() => {
    const oldestFirst = sizes.toReversed()
    const values = (of: (size: SegmentSize) => number) => oldestFirst.map(of)
    return {
      label: words.chart,
      steps: oldestFirst.map(({ at }) =>
        per === 'hour' ? formatHour(at) : formatValue(at, 'date'),
      ),
      series: [
        {
          name: words.members,
          look: 'line',
          colour: '--t-busy',
          values: values(({ members }) => members),
        },
        {
          name: words.entered,
          look: 'bar',
          colour: '--t-good',
          values: values(({ entered }) => entered),
        },
        { name: words.left, look: 'bar', colour: '--t-bad', values: values(({ left }) => -left) },
      ],
    } as const
  }, [sizes, per])
  return <Plot plot={plot} />
}
