import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { bodyAt, type Path, textAt, valueAt } from '../../../lib/body.ts'
import { type Option, put, useForm } from '../../../lib/form.ts'
import { subjectsQuery } from '../../../lib/subjects.ts'
import { texts } from '../../../lib/texts.ts'
import row from '../../../ui/comparison.module.css'
import { ComparisonFields } from '../../../ui/comparison.tsx'
import editor from '../../../ui/editor.module.css'
import { AddButton, ChoiceField, IconButton } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { Say } from '../../../ui/say.tsx'
import { conditionsAt, withConditions } from '../conditions.ts'
import styles from './actions.module.css'

const words = texts.actions.form.conditions

/** A field that can be asked, and the type of its values. */
export interface AskedField extends Option {
  readonly type: string
}

/** Conditions on the fields of an event, a row or an insight: one after the other, joined one way. */
export function ConditionsForm({
  path,
  label,
  fields,
}: {
  path: Path
  label: string
  fields: readonly AskedField[]
}) {
  const form = useForm()
  const { body, change } = form
  const found = conditionsAt(body, path)
  if (found === undefined)
    return (
      <p className={shared.quiet}>
        {label}: <Say text={words.nested} />
      </p>
    )
  const { joining, places } = found
  const nodes = places.map((place) => valueAt(body, place))
  const write = (next: Parameters<typeof withConditions>[2]) =>
    change(withConditions(body, path, next))
  return (
    <fieldset className={styles.conditions}>
      <legend className={editor.subtitle}>{label}</legend>
      {places.length > 1 && (
        <Select
          size="xs"
          aria-label={words.joining}
          allowDeselect={false}
          className={row.what ?? ''}
          value={joining}
          data={(['all', 'any'] as const).map((value) => ({ value, label: words.joinings[value] }))}
          onChange={(chosen) => write({ joining: chosen === 'any' ? 'any' : 'all', nodes })}
        />
      )}
      {places.map((place, i) => (
        // A condition is known by its place while it is written.
        <div key={i} className={styles.condition}>
          <AskedFields path={place} fields={fields} />
          <IconButton
            label={words.remove}
            icon="close"
            onClick={() => write({ joining, nodes: nodes.toSpliced(i, 1) })}
          />
        </div>
      ))}
      <AddButton
        label={words.add}
        onClick={() => write({ joining, nodes: [...nodes, { field: '', op: '=' }] })}
      />
    </fieldset>
  )
}

function AskedFields({ path, fields }: { path: Path; fields: readonly AskedField[] }) {
  const form = useForm()
  const { data: means } = useQuery(subjectsQuery('individual'))
  const typeOf = (name: string | undefined) => fields.find(({ value }) => value === name)?.type
  const field = textAt(form.body, [...path, 'field'])
  return (
    <>
      <span className={row.what}>
        <ChoiceField
          path={[...path, 'field']}
          label={words.field}
          look="in a row"
          options={fields}
          onChoose={(chosen) => {
            const isSame = typeOf(chosen) === typeOf(field)
            const there = bodyAt(form.body, path)
            put(form, path, isSame ? { ...there, field: chosen } : { field: chosen ?? '', op: '=' })
          }}
        />
      </span>
      {means && <ComparisonFields path={path} type={typeOf(field)} means={means} />}
    </>
  )
}
