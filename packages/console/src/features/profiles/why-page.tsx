import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { WhyTree } from '../../ui/why-tree.tsx'
import { profileQuery, stayWhyQuery } from './api/profiles.ts'
import { nameOf } from './name.ts'

const words = texts.customers.segments
const route = getRouteApi('/customers/$id/why/$segment')

/** Why a customer is in a segment or not, also for those who may see customers and nothing else. */
export function StayWhyPage(): ReactNode {
  const { id, segment } = route.useParams()
  const profile = useQuery(profileQuery(id))
  const why = useQuery(stayWhyQuery(id, segment))
  const name = nameOf(profile.data) ?? id
  return (
    <Page title={why.data?.label ?? segment} back={{ to: `/customers/${id}`, label: name }}>
      <Panel title={words.whyTitle}>
        <Answer query={why} height={320}>
          {(answer) => <WhyTree answer={answer} name={name} />}
        </Answer>
      </Panel>
    </Page>
  )
}
