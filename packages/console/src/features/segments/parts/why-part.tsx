import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { SegmentOverview } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import type { SegmentAddress } from '../address.ts'
import { whyQuery } from '../api/segments.ts'
import { PersonChoice } from './person-choice.tsx'
import { WhyTree } from './why-tree.tsx'

const words = texts.segments.why

/** Why a chosen person is in the segment or not. */
export function WhyPart({
  segment,
  address,
  go,
}: {
  segment: SegmentOverview
  address: SegmentAddress
  go: (address: SegmentAddress) => void
}) {
  const { person, q = '' } = address
  if (person !== undefined)
    return (
      <About
        segment={segment}
        person={person}
        onOther={() => go({ tab: 'why', ...(q === '' ? {} : { q }) })}
      />
    )
  return (
    <Panel title={words.title}>
      <PersonChoice
        q={q}
        onSearch={(text) => go({ tab: 'why', q: text })}
        onChoose={(id) => go({ tab: 'why', q, person: id })}
      />
    </Panel>
  )
}

function About({
  segment,
  person,
  onOther,
}: {
  segment: SegmentOverview
  person: string
  onOther: () => void
}) {
  const why = useQuery(whyQuery(segment.key, person))
  const other = (
    <Button size="compact-xs" variant="default" onClick={onOther}>
      {words.other}
    </Button>
  )
  return (
    <Panel title={words.title} aside={other}>
      {why.error ? (
        <Trouble thrown={why.error} />
      ) : (
        <Answer query={why} height={320}>
          {(answer) => <WhyTree answer={answer} />}
        </Answer>
      )}
    </Panel>
  )
}
