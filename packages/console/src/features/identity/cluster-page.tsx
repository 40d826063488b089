import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ProfileGraph } from '@tessera/platform/contract'
import { type ReactNode, useMemo } from 'react'
import { texts } from '../../lib/texts.ts'
import { useRefresh } from '../../lib/use-refresh.ts'
import { Answer } from '../../ui/answer.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { RefreshButton, RefreshLine } from '../../ui/refresh-line.tsx'
import { graphQuery, statusQuery } from './api/identity.ts'
import { clusterOf } from './cluster.ts'
import styles from './parts/cluster.module.css'
import { ClusterPicture } from './parts/cluster-picture.tsx'
import { ClusterSide } from './parts/cluster-side.tsx'
import { DecideOutcome } from './parts/decide-form.tsx'
import { useDecide } from './use-decide.ts'

const words = texts.identity.cluster
const route = getRouteApi('/identity/$ruleset/profiles/$id')

/** The records of a profile and what holds them together, as a picture from which a record can be taken out. */
export function ClusterPage(): ReactNode {
  const { ruleset, id } = route.useParams()
  const graph = useQuery(graphQuery(ruleset, id))
  const { data: status } = useQuery(statusQuery(ruleset))
  const refresh = useRefresh(`unified:${status?.on ?? 'individual'}`)
  return (
    <Page
      title={words.title}
      back={{ to: `/identity/${ruleset}`, label: status?.label ?? ruleset }}
      about={`${texts.identity.profile} ${id}`}
      actions={
        <>
          {status?.on === 'individual' && (
            <LinkButton to={`/customers/${id}`} icon="people">
              {words.openCustomer}
            </LinkButton>
          )}
          <RefreshButton refresh={refresh} />
        </>
      }
    >
      <RefreshLine refresh={refresh} done={texts.identity.refreshed} />
      <Answer query={graph} height={520}>
        {(found) => <Cluster key={id} graph={found} ruleset={ruleset} />}
      </Answer>
    </Page>
  )
}

function Cluster({ graph, ruleset }: { graph: ProfileGraph; ruleset: string }) {
  const { record: chosen } = route.useSearch()
  const navigate = route.useNavigate()
  const decide = useDecide(ruleset)
  const cluster = useMemo(() => clusterOf(graph), [graph])
  const choose = (record?: string) =>
    void navigate({ search: record === undefined ? {} : { record }, replace: true })
  return (
    <>
      <DecideOutcome decide={decide} />
      <div className={styles.columns}>
        <Panel title={words.picture(graph.records.length, graph.links.length)} flush="flush">
          <ClusterPicture {...{ cluster, ruleset, chosen }} onChoose={choose} />
        </Panel>
        <Panel flush="flush">
          <ClusterSide {...{ graph, cluster, ruleset, chosen, decide }} onChoose={choose} />
        </Panel>
      </div>
    </>
  )
}
