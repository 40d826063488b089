import { useQuery } from '@tanstack/react-query'
import { peopleQuery } from '../lib/people.ts'
import { texts } from '../lib/texts.ts'
import { Answer } from './answer.tsx'
import { EmptyState } from './empty-state.tsx'
import styles from './person-choice.module.css'
import { SearchBox } from './search-box.tsx'

const words = texts.segments.why

/** A box in which people are searched, and those who were found, to choose one of them. */
export function PersonChoice({
  q,
  onSearch,
  onChoose,
}: {
  q: string
  onSearch: (text: string) => void
  onChoose: (id: string) => void
}) {
  return (
    <div className={styles.stack}>
      <SearchBox
        label={words.choose}
        hint={words.chooseHint}
        value={q}
        onSearch={onSearch}
        width={340}
      />
      {q.trim() === '' ? (
        <EmptyState icon="people" title={words.choose}>
          {words.chooseHelp}
        </EmptyState>
      ) : (
        <People q={q} onChoose={onChoose} />
      )}
    </div>
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
