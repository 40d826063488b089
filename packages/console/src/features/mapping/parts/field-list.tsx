import { VisuallyHidden } from '@mantine/core'
import type { StreamOverview } from '@tessera/platform/contract'
import { formatValue } from '../../../lib/format.ts'
import { fillsOf, type MappingBody } from '../../../lib/mapping.ts'
import { texts } from '../../../lib/texts.ts'
import { Panel } from '../../../ui/page.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { fieldType } from '../drag.ts'
import styles from './mapping.module.css'

const words = texts.mapping.fields

/** The fields of a stream, each to be dragged onto a field of the model, or chosen for it with the keyboard. */
export function FieldList({
  fields,
  draft,
  example,
  chosen,
  onChoose,
}: {
  fields: StreamOverview['fields']
  draft: MappingBody
  example: Readonly<Record<string, unknown>> | undefined
  chosen: string | undefined
  onChoose: (name: string) => void
}) {
  return (
    <Panel title={words.title} flush="flush">
      <p className={styles.remark}>{words.about}</p>
      <ul className={styles.fields}>
        {fields.map(({ name, type }) => {
          const fills = fillsOf(draft, name)
          return (
            <li
              key={name}
              draggable
              onDragStart={(event) => event.dataTransfer.setData(fieldType, name)}
            >
              <button
                type="button"
                className={styles.field}
                aria-pressed={chosen === name}
                data-used={fills.length > 0}
                title={fills.join(', ')}
                onClick={() => onChoose(name)}
              >
                <VisuallyHidden>{words.choose}</VisuallyHidden>
                <span className={styles.fieldName}>{name}</span>
                <Tag>{type}</Tag>
                <span className={styles.example}>{formatValue(example?.[name], type)}</span>
                <span className={styles.fills}>{words.fills(fills.length)}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
