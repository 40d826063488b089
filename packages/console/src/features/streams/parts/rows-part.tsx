import { useQuery } from '@tanstack/react-query'
import type { StreamOverview } from '@tessera/platform/contract'
import type { StreamField } from '../../../lib/api-types.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { rowsQuery } from '../api/streams.ts'
import styles from './streams.module.css'

const words = texts.streams.rows
const numeric: readonly string[] = ['integer', 'decimal', 'number']

/** The first rows of a stream as they are now. */
export function RowsPart({ stream: { key, fields } }: { stream: StreamOverview }) {
  const rows = useQuery(rowsQuery(key))
  return (
    <Answer query={rows} height={320}>
      {(found) =>
        found.length === 0 ? (
          <EmptyState icon="stream" title={words.empty}>
            {words.emptyHelp}
          </EmptyState>
        ) : (
          <>
            <p className={styles.remark}>{words.first(found.length)}</p>
            <Rows fields={fields} rows={found} />
          </>
        )
      }
    </Answer>
  )
}

function Rows({
  fields,
  rows,
}: {
  fields: readonly StreamField[]
  rows: readonly Readonly<Record<string, unknown>>[]
}) {
  const numbered = rows.map((row, i) => ({ row, number: i + 1 }))
  return (
    // A wide table is scrolled with the keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className={styles.scroll} tabIndex={0} aria-label={texts.streams.tabs.rows}>
      <table className={styles.cells}>
        <thead>
          <tr>
            {fields.map(({ name, label, type }) => (
              <th key={name} scope="col" title={`${label}, ${type}`} data-align={alignOf(type)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbered.map(({ row, number }) => (
            <tr key={number}>
              {fields.map(({ name, type }) => (
                <td key={name} data-align={alignOf(type)} title={formatValue(row[name], type)}>
                  {formatValue(row[name], type)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const alignOf = (type: string) => (numeric.includes(type) ? 'end' : undefined)
