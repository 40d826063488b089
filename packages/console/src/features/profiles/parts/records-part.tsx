import { useQuery } from '@tanstack/react-query'
import type { SourceRecords } from '../../../lib/api-types.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { recordsQuery } from '../api/profiles.ts'
import { disagree, filledFields } from '../records.ts'
import { OriginWords } from './origin-words.tsx'
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
                <span className={styles.source}>
                  <span className={styles.sourceName}>{from.source}</span>
                  <OriginWords of={from} />
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, label, type }) => {
            const differs = disagree(name, of.records)
            return (
              <tr key={name}>
                <th scope="row">{label}</th>
                {of.records.map(({ record, values }) => (
                  <td key={record} data-differs={differs}>
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
