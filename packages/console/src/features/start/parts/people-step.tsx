import { useQuery } from '@tanstack/react-query'
import { formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { summaryQuery } from '../api/start.ts'
import styles from './start.module.css'

const words = texts.start.people

/** How many people the records turned out to be. */
export function PeopleStep({ stream }: { stream: string }) {
  const summary = useQuery(summaryQuery)
  return (
    <Answer query={summary} height={90}>
      {({ profiles, source_records: records, consolidation_rate: rate }) =>
        profiles === 0 ? (
          <EmptyState
            icon="people"
            title={words.none}
            action={
              <LinkButton to={`/mappings/${stream}`} icon="model">
                {texts.start.fields.map}
              </LinkButton>
            }
          >
            {words.noneHelp}
          </EmptyState>
        ) : (
          <>
            <p className={styles.big}>{words.found(profiles, records)}</p>
            <p className={styles.quiet}>
              {words.rate(formatShare(rate))} {words.another}
            </p>
            <div className={styles.actions}>
              <LinkButton to="/customers" icon="people">
                {words.customers}
              </LinkButton>
              <LinkButton to="/identity" icon="identity">
                {words.rules}
              </LinkButton>
            </div>
          </>
        )
      }
    </Answer>
  )
}
