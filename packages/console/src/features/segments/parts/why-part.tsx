import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { SegmentOverview } from '@tessera/platform/contract'
import { useState } from 'react'
import { type Body, isBody } from '../../../lib/body.ts'
import { definitionQuery } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { Panel } from '../../../ui/page.tsx'
import { PersonChoice } from '../../../ui/person-choice.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import type { SegmentAddress } from '../address.ts'
import { whyQuery } from '../api/segments.ts'
import { missingIn, parametersIn } from '../given.ts'
import { GivenFields } from './given-fields.tsx'
import { PersonWhy } from './person-why.tsx'

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
  const { data: definition } = useQuery(definitionQuery('segment', segment.key))
  const parameters = isBody(definition?.body) ? parametersIn(definition.body) : []
  const [given, give] = useState<Body>({})
  const isAsked = definition !== undefined && missingIn(given, parameters).length === 0
  const why = useQuery({ ...whyQuery(segment.key, person, given), enabled: isAsked })
  const other = (
    <Button size="compact-xs" variant="default" onClick={onOther}>
      {words.other}
    </Button>
  )
  return (
    <Panel title={words.title} aside={other}>
      {parameters.length > 0 && <GivenFields parameters={parameters} given={given} onGive={give} />}
      {definition !== undefined && !isAsked && <p>{words.wantsValues}</p>}
      {why.error && <Trouble thrown={why.error} />}
      {!why.error && (isAsked || definition === undefined) && (
        <Answer query={why} height={320}>
          {(answer) => (
            <PersonWhy
              answer={answer}
              membership={isBody(definition?.body) ? definition.body : {}}
            />
          )}
        </Answer>
      )}
    </Panel>
  )
}
