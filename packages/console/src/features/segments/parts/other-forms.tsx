import { SegmentedControl } from '@mantine/core'
import { listAt, textAt, withEntry, withMoved } from '../../../lib/body.ts'
import { problemAt, put, useForm } from '../../../lib/form.ts'
import { useSqlCatalogue } from '../../../lib/sql.ts'
import { texts } from '../../../lib/texts.ts'
import { AddButton, ChoiceField, IconButton } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { SqlEditor } from '../../../ui/sql-editor.tsx'
import { useBuilder } from '../builder.ts'
import styles from './builder.module.css'

const words = texts.segments.builder
const ways = ['conditions', 'sql', 'waterfall'] as const

/** How a segment says whom it means. */
export type Way = (typeof ways)[number]

/** The way in which a definition says whom it means. */
export function wayOf(body: Readonly<Record<string, unknown>>): Way {
  if (body['sql'] !== undefined) return 'sql'
  return body['waterfall'] === undefined ? 'conditions' : 'waterfall'
}

const begun = {
  conditions: { include: { all: [] } },
  sql: { sql: 'select profile_id\nfrom sales_order\ngroup by profile_id' },
  waterfall: { waterfall: ['', ''] },
} as const

/** By conditions, in SQL, or as the first of several that fits. The other ways are given up; a step back brings them again. */
export function WayField({ way }: { way: Way }) {
  const form = useForm()
  const { label, about, on } = form.body
  return (
    <div>
      <SegmentedControl
        size="xs"
        aria-label={words.way}
        value={way}
        onChange={(next) => {
          const chosen = ways.find((one) => one === next)
          if (chosen === undefined || chosen === way) return
          const names = about === undefined ? { label, on } : { label, about, on }
          form.change({ ...names, ...begun[chosen] })
        }}
        data={ways.map((value) => ({ value, label: words.ways[value] }))}
      />
    </div>
  )
}

/** Whom a query selects. */
export function SqlForm() {
  const form = useForm()
  const catalogue = useSqlCatalogue()
  // The server says line and column in its sentence.
  const problems = form.problems
    .filter(({ path }) => path === 'sql')
    .map(({ say }) => ({ at: say, say: say.replace(/^line \d+, column \d+: /, '') }))
  return (
    <section className={styles.section} aria-label={words.ways.sql}>
      <SqlEditor
        label={words.ways.sql}
        value={textAt(form.body, ['sql'])}
        onChange={(text) => put(form, ['sql'], text)}
        catalogue={catalogue}
        problems={problems}
      />
      <p className={shared.quiet}>{words.sqlHelp}</p>
    </section>
  )
}

const list = ['waterfall']

/** Segments in the order in which they are tried. */
export function WaterfallForm() {
  const form = useForm()
  const { vocabulary } = useBuilder()
  const parts = listAt(form.body, list)
  const said = problemAt(form, list)
  const options = vocabulary.subjects.segments.map((value) => ({
    value,
    label: vocabulary.segments.get(value) ?? value,
  }))
  return (
    <section className={styles.section} aria-label={words.ways.waterfall}>
      <p className={shared.quiet}>{words.waterfallHelp}</p>
      {parts.map((part, i) => (
        <div
          // A part is known by its place until it is chosen.
          key={`${i} ${String(part)}`}
          className={styles.part}
        >
          <span className={shared.quiet}>{i + 1}.</span>
          <ChoiceField
            path={[...list, i]}
            label={words.part(i + 1)}
            look="in a row"
            options={options}
          />
          <span className={shared.actions}>
            {([-1, 1] as const).map((by) => (
              <IconButton
                key={by}
                label={by === -1 ? words.up : words.down}
                icon={by === -1 ? 'up' : 'down'}
                isDisabled={i + by < 0 || i + by >= parts.length}
                onClick={() => form.change(withMoved(form.body, list, i, by))}
              />
            ))}
            <IconButton
              label={words.removePart}
              icon="close"
              isDisabled={parts.length <= 2}
              onClick={() => put(form, [...list, i], undefined)}
            />
          </span>
        </div>
      ))}
      {said !== undefined && <p className={shared.bad}>{said}</p>}
      <AddButton
        label={words.addPart}
        onClick={() => form.change(withEntry(form.body, list, ''))}
      />
    </section>
  )
}
