import type { MappingPreview } from '@tessera/platform/contract'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import styles from './mapping.module.css'

const words = texts.mapping.preview

/** What the first rows of the stream become in one object; values that would be lost are marked. */
export function PreviewTable({
  preview,
  object,
}: {
  preview: MappingPreview['objects'][number] | undefined
  object: string
}) {
  if (preview === undefined || preview.object !== object) return null
  if (preview.rows.length === 0) return <p className={styles.quiet}>{words.none}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className={styles.scroll} tabIndex={0} aria-label={`${words.title}: ${object}`}>
      <table className={styles.cells} aria-label={`${words.title}: ${object}`}>
        <thead>
          <tr>
            {preview.fields.map(({ field }) => (
              <th key={field} scope="col">
                {field}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map(({ row, values, lost }, i) => (
            // A row may become several, one for each item of a list.
            <tr key={`${row} ${i}`}>
              {preview.fields.map(({ field, type }) => (
                <td
                  key={field}
                  data-title={field}
                  data-lost={lost.includes(field)}
                  title={lost.includes(field) ? words.lost : undefined}
                >
                  {lost.includes(field) ? '⚠' : formatValue(values[field], type)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
