import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { Profile } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { embedded } from '../../lib/embedded.ts'
import { formatCount } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { Tag } from '../../ui/tag.tsx'
import { type CustomerTab, customerTabs } from './address.ts'
import { profileQuery } from './api/profiles.ts'
import { nameOf } from './name.ts'
import { ConsentPart } from './parts/consent-part.tsx'
import { ContactPart } from './parts/contact-part.tsx'
import { HistoryPart } from './parts/history-part.tsx'
import { InsightsPart } from './parts/insights-part.tsx'
import { LivePart } from './parts/live-part.tsx'
import styles from './parts/profile.module.css'
import { ProfileHead } from './parts/profile-head.tsx'
import { RecordsPart } from './parts/records-part.tsx'
import { RelatedPart } from './parts/related-part.tsx'
import { RelationsPart } from './parts/relations-part.tsx'
import { StaysPart } from './parts/stays-part.tsx'
import { TimelinePart } from './parts/timeline-part.tsx'
import { ValuesPart } from './parts/values-part.tsx'
import { usePeopleRuleset } from './use-ruleset.ts'

const words = texts.customers
const route = getRouteApi('/customers/$id')

/** One customer: who they are and why we say so, what they did, and what is known of them. */
export function CustomerPage(): ReactNode {
  const { id } = route.useParams()
  const profile = useQuery(profileQuery(id))
  return (
    <Page
      title={nameOf(profile.data) ?? id}
      back={{ to: '/customers', label: words.title }}
      about={profile.data && <ProfileHead profile={profile.data} />}
      actions={profile.data && <ClusterLink id={profile.data.id} />}
    >
      <Answer query={profile} height={520}>
        {(found) => <Parts profile={found} />}
      </Answer>
    </Page>
  )
}

/** The way to what holds the records of a customer together. */
function ClusterLink({ id }: { id: string }) {
  const ruleset = usePeopleRuleset()
  if (ruleset === undefined) return null
  return (
    <LinkButton to={`/identity/${ruleset}/profiles/${id}`} icon="identity">
      {texts.identity.picture}
    </LinkButton>
  )
}

// In another tool's window there is nothing but customers; what events say is asked for with more rights.
const tabs: readonly CustomerTab[] = embedded
  ? customerTabs.filter((tab) => tab !== 'live')
  : customerTabs

const parts: Readonly<Record<CustomerTab, (profile: Profile) => ReactNode>> = {
  overview: (profile) => <Overview profile={profile} />,
  live: ({ id }) => <LivePart id={id} />,
  relations: ({ id }) => <RelationsPart id={id} />,
  records: (profile) => <RecordsPart profile={profile} />,
  history: (profile) => <HistoryPart profile={profile} />,
}

function Parts({ profile }: { profile: Profile }) {
  const { tab = 'overview' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <PageTabs
      names={tabs}
      labels={words.tabs}
      tab={tabs.includes(tab) ? tab : 'overview'}
      onOpen={(name) =>
        void navigate({ search: name === 'overview' ? {} : { tab: name }, replace: true })
      }
      badge={(name) => name === 'records' && <Tag>{formatCount(profile.records)}</Tag>}
    >
      {(name) => parts[name](profile)}
    </PageTabs>
  )
}

function Overview({ profile }: { profile: Profile }) {
  const { kind } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <div className={styles.overview}>
      <div className={styles.who}>
        <ContactPart profile={profile} />
        <ConsentPart consents={profile.consents} />
        <ValuesPart values={profile.values} />
      </div>
      <div className={styles.known}>
        <StaysPart id={profile.id} />
        <InsightsPart id={profile.id} />
        <RelatedPart title={words.accounts} rows={profile.accounts} page="/related/account" />
        <RelatedPart title={words.identifications} rows={profile.identifications} />
      </div>
      <div className={styles.did}>
        <TimelinePart
          profile={profile}
          kind={kind}
          onKind={(next) =>
            void navigate({ search: next === undefined ? {} : { kind: next }, replace: true })
          }
        />
      </div>
    </div>
  )
}
