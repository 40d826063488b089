import type { RelatedRow } from '@tessera/platform/contract'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Panel } from '../../../ui/page.tsx'
import { StateBadge, type Tone } from '../../../ui/state-badge.tsx'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'

const words = texts.customers.consent

/** What a customer agreed to and refused, as each record says it. Nothing when none does. */
export function ConsentPart({ consents }: { consents: readonly RelatedRow[] }) {
  if (consents.length === 0) return null
  return (
    <Panel title={words.title}>
      <ul className={styles.points}>
        {consents.map((consent) => (
          <li key={`${consent.stream} ${consent.record}`}>
            <Status of={consent} />{' '}
            <span>
              {consent.fields
                .filter(({ field }) => !quiet.includes(field))
                .map(({ type, value }) => formatValue(value, type))
                .join(', ')}
            </span>
            <div className={styles.small}>
              <OriginWords of={consent} />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

// Told by the badge, or of no use at a glance.
const quiet: readonly string[] = ['status', 'created_at', 'last_modified_at']

function Status({ of: { fields } }: { of: RelatedRow }) {
  const status = String(fields.find(({ field }) => field === 'status')?.value ?? '')
  const known = Object.entries(words.statuses).find(([word]) => word === status)
  return <StateBadge tone={tones[status] ?? 'none'}>{known?.[1] ?? status}</StateBadge>
}

const tones: Readonly<Record<string, Tone>> = { opt_in: 'good', opt_out: 'bad' }
