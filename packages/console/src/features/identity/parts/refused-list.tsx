import { texts } from '../../../lib/texts.ts'
import { Tag } from '../../../ui/tag.tsx'
import { groundsOf, type Refusal } from '../refused.ts'
import styles from './identity.module.css'
import { RecordWords } from './record-name.tsx'

const words = texts.identity
const mostOpen = 2

/** Links that rules offer and that were not made: rule, value and reason, and the records that it concerns. */
export function RefusedList({ links }: { links: readonly Refusal[] }) {
  return (
    <ul className={styles.group}>
      {groundsOf(links).map(({ key, of, pairs }) => (
        <li key={key} className={styles.evidence}>
          <span>
            <Tag>{words.review.reasons[of.reason]}</Tag> {of.label ?? of.rule}: {words.review.both}{' '}
            <code className={styles.matched}>{of.matched}</code>
            {of.about !== undefined && <span className={styles.small}> {of.about}</span>}
          </span>
          {pairs.length <= mostOpen ? (
            <Pairs of={pairs} />
          ) : (
            <details className={styles.small}>
              <summary className={styles.summary}>{words.links(pairs.length)}</summary>
              <Pairs of={pairs} />
            </details>
          )}
        </li>
      ))}
    </ul>
  )
}

function Pairs({ of }: { of: ReturnType<typeof groundsOf>[number]['pairs'] }) {
  return of.map(([left, right]) => (
    <span key={`${left.record} ${right.record}`} className={styles.onePair}>
      <RecordWords of={left} /> ↔ <RecordWords of={right} />
    </span>
  ))
}
