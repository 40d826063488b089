import type { Profile } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import type { ProfileSource } from '../../../lib/api-types.ts'
import { formatCount, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { ConsoleLink } from '../../../ui/console-link.tsx'
import { housekeepingLast } from '../order.ts'
import { matrixOf } from '../records.ts'
import styles from './profile.module.css'

const words = texts.customers

/** Records side by side: a column for each, with where it comes from and what can be done with it above. */
export function RecordsMatrix({
  sources,
  above,
}: {
  sources: Profile['sources']
  above?: (source: ProfileSource) => ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className={styles.scroll} tabIndex={0} aria-label={words.tabs.records}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{words.field}</th>
            {sources.map((source) => (
              <th key={source.record} scope="col">
                <SourceWords of={source} />
                {above?.(source)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {housekeepingLast(matrixOf(sources)).map(({ field, label, type, cells, dissenters }) => (
            <tr key={field}>
              <th scope="row">{label}</th>
              {sources.map(({ record }) => (
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
        <ConsoleLink to={`/streams/${stream}`} className={styles.link}>
          {stream}
        </ConsoleLink>{' '}
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
