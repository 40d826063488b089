import { Link } from '@tanstack/react-router'
import type { Profile } from '@tessera/platform/contract'
import type { ProfileLink, ProfileSource } from '../../../lib/api-types.ts'
import { formatCount, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { housekeepingLast } from '../order.ts'
import { matrixOf } from '../records.ts'
import { type TakeOut, useTakeOut } from '../use-take-out.ts'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'
import { TakenOut, TakeOutButton } from './take-out.tsx'

const words = texts.customers

/** All source records of a customer side by side, and why they are one. */
export function RecordsPart({ profile }: { profile: Profile }) {
  const taking = useTakeOut()
  return (
    <div className={styles.stack}>
      <Panel flush="flush">
        <p className={styles.remark}>{words.recordsAbout}</p>
        <TakenOut taking={taking} />
        <Matrix profile={profile} taking={taking} />
      </Panel>
      <Panel title={words.links.title} flush="flush">
        <Links profile={profile} />
      </Panel>
    </div>
  )
}

function Matrix({ profile, taking }: { profile: Profile; taking: TakeOut }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className={styles.scroll} tabIndex={0} aria-label={words.tabs.records}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{words.field}</th>
            {profile.sources.map((source) => (
              <th key={source.record} scope="col">
                <SourceWords of={source} />
                {profile.sources.length > 1 && <TakeOutButton of={source} taking={taking} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {housekeepingLast(matrixOf(profile)).map(({ field, label, type, cells, dissenters }) => (
            <tr key={field}>
              <th scope="row">{label}</th>
              {profile.sources.map(({ record }) => (
                <td
                  key={record}
                  data-differs={dissenters.has(record)}
                  title={dissenters.has(record) ? words.differs : undefined}
                >
                  {formatValue(cells.get(record), type)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function SourceWords({ of: { source, stream, id, file, row } }: { of: ProfileSource }) {
  return (
    <span className={styles.source}>
      <span className={styles.sourceName}>{source}</span>
      <span>
        <Link to="/streams/$key" params={{ key: stream }} className={styles.link}>
          {stream}
        </Link>{' '}
        {id}
      </span>
      {file !== undefined && <span className={styles.quiet}>{file}</span>}
      {row !== undefined && (
        <span className={styles.quiet}>
          {words.value.row} {formatCount(row)}
        </span>
      )}
    </span>
  )
}

function Links({ profile: { links, sources } }: { profile: Profile }) {
  if (links.length === 0) {
    const why = sources.length < 2 ? words.links.single : words.links.none
    return <p className={styles.remark}>{why}</p>
  }
  return (
    <ul>
      {links.map((link) => (
        <Evidence key={`${link.rule} ${link.left.record} ${link.right.record}`} of={link} />
      ))}
    </ul>
  )
}

function Evidence({ of: { rule, label, matched, left, right } }: { of: ProfileLink }) {
  return (
    <li className={styles.change}>
      <Icon name="merge" size={17} />
      <span>
        <span className={styles.entryMain}>{label ?? rule}</span>: {words.links.both}{' '}
        <span className={styles.matched}>{matched}</span>
      </span>
      <span className={styles.small}>
        <OriginWords of={left} /> ↔ <OriginWords of={right} />
      </span>
    </li>
  )
}
