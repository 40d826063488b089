import type { RelatedRow } from '@tessera/platform/contract'
import { embedded } from '../../../lib/embedded.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Facts } from '../../../ui/facts.tsx'
import { LinkText } from '../../../ui/link-text.tsx'
import { Panel } from '../../../ui/page.tsx'
import { housekeepingLast } from '../order.ts'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'

/** Rows of another object that belong to a customer: their accounts, the numbers they are known by. Nothing when there are none. */
export function RelatedPart({
  title,
  rows,
  page,
}: {
  title: string
  rows: readonly RelatedRow[]
  /** Where the pages of such rows begin, where they have any. */
  page?: string
}) {
  if (rows.length === 0) return null
  return (
    <Panel title={title}>
      {rows.map((row) => (
        <div key={row.record} className={styles.related}>
          <Facts
            facts={housekeepingLast(row.fields).map(
              ({ label, type, value }) => [label, formatValue(value, type)] as const,
            )}
          />
          <div className={styles.small}>
            <OriginWords of={row} />{' '}
            {page !== undefined && !embedded && (
              <LinkText to={`${page}/${row.record}`} className={styles.link}>
                {texts.customers.openRelated}
              </LinkText>
            )}
          </div>
        </div>
      ))}
    </Panel>
  )
}
