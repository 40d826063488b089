import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Origin, SourceRecords } from '../../../lib/api-types.ts'
import { formatCount, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { recordsQuery } from '../api/profiles.ts'
import { dissenters, filledFields } from '../records.ts'
import styles from './profile.module.css'

const words = texts.customers

/** All source records of a customer, side by side. */
export function RecordsPart({ id }: { id: string }) {
  const records = useQuery(recordsQuery(id))
  return (
    <Panel flush="flush">
      <Answer query={records} height={420}>
        {(found) =>
          found.records.length === 0 ? (
            <EmptyState icon="file" title={words.recordsEmpty} />
          ) : (
            <>
              <p className={styles.remark}>{words.recordsAbout}</p>
              <Matrix of={found} />
            </>
          )
        }
      </Answer>
    </Panel>
  )
}

function Matrix({ of }: { of: SourceRecords }) {
  const fields = filledFields(of)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className={styles.scroll} tabIndex={0} aria-label={words.tabs.records}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{words.field}</th>
            {of.records.map(({ record, from }) => (
              <th key={record} scope="col">
                <SourceWords of={from} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, label, type }) => {
            const differing = dissenters(name, of.records)
            return (
              <tr key={name}>
                <th scope="row">{label}</th>
                {of.records.map(({ record, values }) => (
                  <td key={record} data-differs={differing.has(record)}>
                    {formatValue(values[name], type)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function SourceWords({ of: { source, stream, file, row } }: { of: Origin }) {
  return (
    <span className={styles.source}>
      <span className={styles.sourceName}>{source}</span>
      <Link to="/streams/$key" params={{ key: stream }} className={styles.link}>
        {stream}
      </Link>
      {file !== undefined && <span className={styles.quiet}>{file}</span>}
      {row !== undefined && (
        <span className={styles.quiet}>
          {words.value.row} {formatCount(row)}
        </span>
      )}
    </span>
  )
}
