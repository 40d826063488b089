import type { ContactPoint } from '../../../lib/api-types.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { contactIcons } from '../contact.ts'
import styles from './profile.module.css'

const words = texts.customers.contact

/** Every way to reach a customer, with the records that know it. */
export function ContactPart({ points }: { points: readonly ContactPoint[] }) {
  return (
    <Panel title={words.title}>
      {points.length === 0 && <p className={styles.quiet}>{words.empty}</p>}
      <ul className={styles.points}>
        {points.map((point) => (
          <li key={`${point.kind} ${point.value}`} className={styles.point}>
            <Icon name={contactIcons[point.kind]} size={15} />
            <div>
              <div className={styles.pointValue}>{point.value}</div>
              <div className={styles.pointFacts}>
                {point.is_primary && <Tag>{words.primary}</Tag>}
                {point.usage !== undefined && <Tag>{point.usage}</Tag>}
                <span title={point.from.map(({ stream }) => stream).join(', ')}>
                  {streamsOf(point).join(', ')}
                </span>
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const streamsOf = ({ from }: ContactPoint) => [...new Set(from.map(({ stream }) => stream))]
