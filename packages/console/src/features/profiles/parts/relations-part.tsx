import { useQuery } from '@tanstack/react-query'
import type { CustomerRelations } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { ConsoleLink } from '../../../ui/console-link.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { relationsQuery } from '../api/profiles.ts'
import styles from './profile.module.css'
import { WebPicture } from './web-picture.tsx'

const words = texts.customers.relations

/** Whom a customer has to do with. */
export function RelationsPart({ id }: { id: string }) {
  return (
    <Panel flush="flush">
      <Answer query={useQuery(relationsQuery(id))} height={320}>
        {(relations) =>
          relations.ties.length === 0 ? (
            <Unrelated ways={relations.ways} />
          ) : (
            <RelationsPicture relations={relations} />
          )
        }
      </Answer>
    </Panel>
  )
}

/** The picture, and what there was no room for. */
export function RelationsPicture({ relations }: { relations: CustomerRelations }) {
  const { groups_not_shown: left } = relations
  return (
    <>
      <WebPicture relations={relations} />
      {left > 0 && <p className={styles.remark}>{words.groupsNotShown(left)}</p>}
    </>
  )
}

function Unrelated({ ways }: Pick<CustomerRelations, 'ways'>) {
  return (
    <>
      <EmptyState icon="people" title={words.none}>
        {words.noneHelp}
      </EmptyState>
      <ul className={styles.ways}>
        {ways.map(({ object, label, field, field_label: name, is_filled: isFilled }) => (
          <li key={`${object} ${field}`}>
            <ConsoleLink to={`/model/${object}`} className={styles.link}>
              {label}, {name}
            </ConsoleLink>{' '}
            <span className={styles.quiet}>{isFilled ? words.filled : words.unfilled}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
