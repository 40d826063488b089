import { useQuery } from '@tanstack/react-query'
import type { ProfileSizes } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { Panel } from '../../../ui/page.tsx'
import { sizesQuery } from '../api/model.ts'
import styles from './identity.module.css'
import { ProfileLink } from './record-name.tsx'

const words = texts.identity.threshold

/** How large the published profiles are, and which are much larger than the others. */
export function SizesPart({ ruleset }: { ruleset: string }) {
  const sizes = useQuery(sizesQuery(ruleset))
  return (
    <Panel title={words.sizes}>
      <Answer query={sizes} height={200}>
        {(of) => <Sizes of={of} ruleset={ruleset} />}
      </Answer>
    </Panel>
  )
}

/** Profiles of more records than this stand together. */
const mostRows = 12

function Sizes({ of: { sizes, outliers }, ruleset }: { of: ProfileSizes; ruleset: string }) {
  if (sizes.length === 0) return <p className={styles.quiet}>{texts.identity.notRun}</p>
  const most = Math.max(...sizes.map(({ profiles }) => profiles))
  const shown = sizes.slice(0, mostRows)
  const rest = sizes.slice(mostRows).reduce((sum, { profiles }) => sum + profiles, 0)
  return (
    <div className={styles.stack}>
      <dl className={styles.steps}>
        {shown.map(({ records, profiles }) => (
          <div key={records} className={styles.step}>
            <dt>{words.size(records)}</dt>
            <dd>{words.profilesOf(profiles)}</dd>
            <dd className={styles.track} aria-hidden="true">
              <span
                className={styles.fill}
                style={{ width: `${Math.max(0.5, (100 * profiles) / most)}%` }}
              />
            </dd>
          </div>
        ))}
        {rest > 0 && (
          <div className={styles.step}>
            <dt className={styles.quiet}>{words.larger}</dt>
            <dd>{words.profilesOf(rest)}</dd>
          </div>
        )}
      </dl>
      {outliers.length > 0 && (
        <section>
          <h3 className={styles.heading}>{words.outliers}</h3>
          <ul className={styles.chips}>
            {outliers.map(({ profile, records }) => (
              <li key={profile} className={styles.chip}>
                <ProfileLink ruleset={ruleset} id={profile} /> {words.size(records)}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
