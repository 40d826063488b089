import { useQuery } from '@tanstack/react-query'
import { formatValue } from '../../../lib/format.ts'
import type { ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { rowsQuery } from '../api/model.ts'
import styles from './model.module.css'

const words = texts.model.object

/** The first rows of an object; fields that nobody fills are left out. */
export function RowsPart({ object }: { object: ModelObjectFacts }) {
  const rows = useQuery(rowsQuery(object.key))
  return (
    <Answer query={rows} height={320}>
      {({ rows: found }) => {
        if (found.length === 0)
          return (
            <EmptyState icon="model" title={words.noRows}>
              {words.noRowsHelp}
            </EmptyState>
          )
        const names = Object.keys(object.fields).filter((name) =>
          found.some((row) => row[name] !== null && row[name] !== undefined),
        )
        const numbered = found.map((row, i) => ({ row, number: i }))
        return (
          <>
            <p className={styles.remark}>{words.first(found.length)}</p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
            <section className={styles.scroll} tabIndex={0} aria-label={words.tabs.rows}>
              <table className={styles.cells}>
                <thead>
                  <tr>
                    {names.map((name) => (
                      <th key={name} scope="col">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {numbered.map(({ row, number }) => (
                    <tr key={number}>
                      {names.map((name) => (
                        <td key={name}>{formatValue(row[name], object.fields[name]?.type)}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </>
        )
      }}
    </Answer>
  )
}
