import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { embedded } from '../../../lib/embedded.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { ConsoleLink } from '../../../ui/console-link.tsx'
import { LinkText } from '../../../ui/link-text.tsx'
import { Panel } from '../../../ui/page.tsx'
import { staysQuery } from '../api/profiles.ts'
import styles from './profile.module.css'

const words = texts.customers.segments

/** The segments a customer is in. */
export function StaysPart({ id }: { id: string }) {
  const stays = useQuery(staysQuery(id))
  return (
    <Panel title={words.title}>
      <Answer query={stays} height={100}>
        {({ current, past }) => (
          <>
            {current.length === 0 && <p className={styles.quiet}>{words.empty}</p>}
            <ul className={styles.stays}>
              {current.map(({ segment, label, entered_at }) => (
                <li key={segment} className={styles.stay}>
                  <ConsoleLink to={`/segments/${segment}`} className={styles.link}>
                    {label ?? segment}
                  </ConsoleLink>
                  <span className={`${styles.quiet} ${styles.small}`}>
                    <Ago time={entered_at} /> <WhyLink id={id} segment={segment} />
                  </span>
                </li>
              ))}
            </ul>
            {past.length > 0 && (
              <p
                className={`${styles.quiet} ${styles.small}`}
                title={past.map(({ label, segment }) => label ?? segment).join(', ')}
              >
                {words.past(past.length)}
              </p>
            )}
          </>
        )}
      </Answer>
    </Panel>
  )
}

/** In another tool's window, to a page of its own: there are no segments there. */
function WhyLink({ id, segment }: { id: string; segment: string }) {
  if (embedded)
    return (
      <Link to="/customers/$id/why/$segment" params={{ id, segment }} className={styles.link}>
        {words.why}
      </Link>
    )
  return (
    <LinkText to={`/segments/${segment}?tab=why&person=${id}`} className={styles.link}>
      {words.why}
    </LinkText>
  )
}
