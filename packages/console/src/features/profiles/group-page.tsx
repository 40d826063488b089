import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { Group } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { LinkText } from '../../ui/link-text.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Tag } from '../../ui/tag.tsx'
import { groupQuery } from './api/profiles.ts'
import styles from './parts/profile.module.css'
import { RecordsMatrix } from './parts/records-matrix.tsx'
import { RelationsPicture } from './parts/relations-part.tsx'

const words = texts.customers.relations
const route = getRouteApi('/related/$object/$record')

/** An account, or anything else that several people have in common: what is known of it, and who they are. */
export function GroupPage(): ReactNode {
  const { object, record } = route.useParams()
  const group = useInfiniteQuery(groupQuery(object, record))
  const first = group.data?.pages[0]
  return (
    <Page
      title={first?.name ?? record}
      back={{ to: '/customers', label: words.back }}
      about={
        first &&
        [words.about(first.label, first.sources.length), first.detail].filter(Boolean).join(' · ')
      }
    >
      <Answer query={group} height={520}>
        {({ pages }) => (
          <Parts
            pages={pages}
            more={
              group.hasNextPage && (
                <div className={styles.more}>
                  <Button
                    size="xs"
                    variant="default"
                    loading={group.isFetchingNextPage}
                    onClick={() => void group.fetchNextPage()}
                  >
                    {texts.more}
                  </Button>
                </div>
              )
            }
          />
        )}
      </Answer>
    </Page>
  )
}

function Parts({ pages, more }: { pages: readonly Group[]; more: ReactNode }) {
  const [group] = pages
  if (group === undefined) return null
  const people = pages.flatMap((page) => page.people.shown)
  return (
    <div className={styles.stack}>
      <Panel title={words.title} flush="flush">
        {group.relations.ties.length === 0 ? (
          <p className={styles.remark}>{words.nothing}.</p>
        ) : (
          <RelationsPicture relations={group.relations} />
        )}
      </Panel>
      <Panel
        title={words.members}
        aside={<Tag>{formatCount(group.people.total)}</Tag>}
        flush="flush"
      >
        {people.length === 0 && <p className={styles.remark}>{words.noMembers}</p>}
        <ul>
          {people.map(({ profile, name, detail, say }) => (
            <li key={profile} className={styles.member}>
              <LinkText to={`/customers/${profile}`} className={styles.link}>
                {name === '' ? texts.customers.nameless : name}
              </LinkText>
              <span>{say}</span>
              <span className={styles.quiet}>{detail}</span>
            </li>
          ))}
        </ul>
        {more}
      </Panel>
      <Panel title={texts.customers.tabs.records} flush="flush">
        <RecordsMatrix sources={group.sources} />
      </Panel>
    </div>
  )
}
