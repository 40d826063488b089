import type { RelatedRow } from '@tessera/platform/contract'
import { formatValue } from '../../../lib/format.ts'
import { Facts } from '../../../ui/facts.tsx'
import { Panel } from '../../../ui/page.tsx'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'

/** Rows of another object that belong to a customer: their accounts, the numbers they are known by. Nothing when there are none. */
export function RelatedPart({ title, rows }: { title: string; rows: readonly RelatedRow[] }) {
  if (rows.length === 0) return null
  return (
    <Panel title={title}>
      {rows.map((row) => (
        <div key={row.record} className={styles.related}>
          <Facts
            facts={row.fields.map(({ label, value }) => [label, formatValue(value)] as const)}
          />
          <div className={styles.small}>
            <OriginWords of={row} />
          </div>
        </div>
      ))}
    </Panel>
  )
}
