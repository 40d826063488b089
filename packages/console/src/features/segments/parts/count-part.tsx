import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { CountAnswer } from '@tessera/platform/contract'
import { useState } from 'react'
import type { Body } from '../../../lib/body.ts'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { PersonChoice } from '../../../ui/person-choice.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { sampleQuery, whyDraftQuery } from '../api/segments.ts'
import { questionIn } from '../condition.ts'
import { missingIn, parametersIn, useGiven } from '../given.ts'
import { useCount } from '../use-count.ts'
import styles from './builder.module.css'
import { GivenFields } from './given-fields.tsx'
import { PersonWhy } from './person-why.tsx'

const words = texts.segments.builder

/** How many a draft means, and some of them. */
export function CountPart({ body, isSound }: DefinitionFormProps) {
  const [isExact, setExact] = useState(false)
  const { given, give } = useGiven()
  const parameters = parametersIn(body)
  const missing = missingIn(given, parameters)
  const count = useCount(questionIn(body, given), {
    isSound,
    how: isExact ? 'exact' : 'approximate',
  })
  return (
    <>
      <Panel title={words.whole}>
        {parameters.length > 0 && (
          <GivenFields parameters={parameters} given={given} onGive={give} />
        )}
        <div role="status" aria-live="polite" aria-busy={count.isOld}>
          {missing.length > 0 && <p className={shared.quiet}>{words.wantsValues}</p>}
          {missing.length === 0 && count.data && <Counted of={count.data} isOld={count.isOld} />}
          {!isSound && <p className={shared.quiet}>{words.incomplete}</p>}
          {isSound && missing.length === 0 && !count.data && !count.error && (
            <p className={shared.quiet}>{words.counting}</p>
          )}
          {count.error && <TroubleLine thrown={count.error} />}
        </div>
        {count.data?.error !== undefined && !isExact && (
          <Button size="compact-xs" variant="default" onClick={() => setExact(true)}>
            {words.exactly}
          </Button>
        )}
        {missing.length === 0 && count.data && count.data.members > 0 && (
          <Sample question={count.asked} />
        )}
      </Panel>
      {count.asked?.['on'] === 'individual' && <DraftWhy question={count.asked} />}
    </>
  )
}

function Counted({ of: { members, people, error }, isOld }: { of: CountAnswer; isOld: boolean }) {
  return (
    <p className={styles.whole}>
      <span className={styles.large} data-old={isOld}>
        {error === undefined ? formatCount(members) : words.about_(members)}
      </span>
      <span className={shared.quiet}>
        {error !== undefined && words.error(error)} {words.people(people)}
      </span>
    </p>
  )
}

function Sample({ question }: { question: Body | undefined }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details open={isOpen} onToggle={({ currentTarget: { open } }) => setOpen(open)}>
      <summary>{words.sample}</summary>
      {isOpen && <People question={question} />}
    </details>
  )
}

function People({ question }: { question: Body | undefined }) {
  const { data: people = [] } = useQuery(sampleQuery(question))
  const isPeople = question?.['on'] === 'individual'
  return (
    <ul className={styles.sample}>
      {people.map(({ profile, name, city, country }) => (
        <li key={profile}>
          {isPeople ? (
            <Link to="/customers/$id" params={{ id: profile }}>
              {name ?? texts.segments.members.nameless}
            </Link>
          ) : (
            <span>{name ?? profile}</span>
          )}
          <span className={shared.small}>
            {[city, country].filter((word) => word !== undefined).join(', ')}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** Why somebody would be in, or not. */
function DraftWhy({ question }: { question: Body }) {
  const [q, setQ] = useState('')
  const [person, setPerson] = useState<string>()
  return (
    <Panel
      title={texts.segments.why.draft}
      aside={
        person !== undefined && (
          <Button size="compact-xs" variant="default" onClick={() => setPerson(undefined)}>
            {texts.segments.why.other}
          </Button>
        )
      }
    >
      {person === undefined ? (
        <PersonChoice q={q} onSearch={setQ} onChoose={setPerson} />
      ) : (
        <DraftAnswer question={question} person={person} />
      )}
    </Panel>
  )
}

function DraftAnswer({ question, person }: { question: Body; person: string }) {
  const why = useQuery(whyDraftQuery(question, person))
  return (
    <Answer query={why} height={200}>
      {(answer) => <PersonWhy answer={answer} membership={question} />}
    </Answer>
  )
}
