import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SegmentOverview, WhyAnswer } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import type { SegmentAddress } from '../address.ts'
import { peopleQuery, whyQuery } from '../api/segments.ts'
import styles from './segments.module.css'
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
      <div className={styles.stack}>
        <SearchBox
          label={words.choose}
          hint={words.chooseHint}
          value={q}
          onSearch={(text) => go({ tab: 'why', q: text })}
          width={340}
        />
        {q.trim() === '' ? (
          <EmptyState icon="people" title={words.choose}>
            {words.chooseHelp}
          </EmptyState>
        ) : (
          <People q={q} onChoose={(id) => go({ tab: 'why', q, person: id })} />
        )}
      </div>
    </Panel>
  )
}

function People({ q, onChoose }: { q: string; onChoose: (id: string) => void }) {
  const found = useQuery(peopleQuery(q))
  return (
    <Answer query={found} height={160}>
      {({ profiles }) =>
        profiles.length === 0 ? (
          <p>{words.noneFound(q)}</p>
        ) : (
          <ul className={styles.people} aria-label={words.found}>
            {profiles.map(({ id, name, emails, city, country }) => (
              <li key={id}>
                <button type="button" className={styles.person} onClick={() => onChoose(id)}>
                  <span className={styles.label}>{name ?? texts.segments.members.nameless}</span>
                  <span className={styles.about}>
                    {[emails[0], city, country].filter((word) => word !== undefined).join(' · ')}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )
      }
    </Answer>
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
          {(answer) => <Told answer={answer} />}
        </Answer>
      )}
    </Panel>
  )
}

function Told({ answer }: { answer: WhyAnswer }) {
  const name = useName(answer.profile)
  return (
    <WhyTree
      answer={answer}
      name={
        <Link to="/customers/$id" params={{ id: answer.profile }} className={styles.link}>
          {name}
        </Link>
      }
    />
  )
}

/** The name of a person, until it is known their id. */
function useName(profile: string): string {
  const { data } = useQuery(peopleQuery(profile))
  return data?.profiles.find(({ id }) => id === profile)?.name ?? profile
}
