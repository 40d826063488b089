import { Select } from '@mantine/core'
import { bodyAt, textAt } from '../../../lib/body.ts'
import { fieldOptions, put, schemaOf, useForm } from '../../../lib/form.ts'
import { choicesIn } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
import styles from '../../../ui/editor.module.css'
import {
  ChoiceField,
  FlagField,
  FurtherFields,
  IconButton,
  TextsField,
} from '../../../ui/form-inputs.tsx'
import shared from './identity.module.css'

const words = texts.identity.editor
const named: Readonly<Record<string, string>> = words.reconcileRules

/** Which of several values is shown: usually, and for single fields. */
export function ReconcileForm() {
  const form = useForm()
  const options = choicesIn(schemaOf(form, ['reconcile'], 'default')).map((value) => ({
    value,
    label: named[value] ?? value,
  }))
  const fields = Object.entries(bodyAt(form.body, ['reconcile', 'fields']))
  const single = fields.filter(([, rule]) => typeof rule === 'string').map(([field]) => field)
  const large = fields.filter(([, rule]) => typeof rule !== 'string').map(([field]) => field)
  const all = fieldOptions(form, textAt(form.body, ['on']))
  const labelOf = (field: string) => all.find(({ value }) => value === field)?.label ?? field
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.reconcile}</legend>
      <div className={styles.pairOfFields}>
        <ChoiceField
          path={['reconcile', 'default']}
          label={words.reconcileDefault}
          options={options}
        />
        <TextsField path={['reconcile', 'sources']} label={words.sources} />
      </div>
      <FlagField path={['reconcile', 'ignore_empty']} label={words.ignoreEmpty} usual="yes" />
      <FurtherFields
        path={['reconcile']}
        known={['default', 'sources', 'fields', 'ignore_empty']}
        isOpen
      />
      <span className={styles.subtitle}>{words.fields}</span>
      {single.map((field) => (
        <div key={field} className={styles.entry}>
          <span className={styles.entryName}>{labelOf(field)}</span>
          <ChoiceField
            path={['reconcile', 'fields', field]}
            label={labelOf(field)}
            look="in a row"
            options={options}
          />
          <IconButton
            label={words.removeField}
            icon="close"
            onClick={() => put(form, ['reconcile', 'fields', field], undefined)}
          />
        </div>
      ))}
      {large.length > 0 && (
        <span className={shared.small}>
          {texts.editor.others}: {large.map(labelOf).join(', ')}
        </span>
      )}
      <AddByName
        label={words.addField}
        options={all.filter(({ value }) => !fields.some(([field]) => field === value))}
        onAdd={(field) =>
          put(form, ['reconcile', 'fields', field], options[0]?.value ?? 'last_updated')
        }
      />
    </fieldset>
  )
}

/** Adds something that is called by one of several names. */
export function AddByName({
  label,
  options,
  onAdd,
}: {
  label: string
  options: readonly { readonly value: string; readonly label: string }[]
  onAdd: (name: string) => void
}) {
  if (options.length === 0) return null
  return (
    <Select
      size="xs"
      w={260}
      maw="100%"
      aria-label={label}
      placeholder={label}
      searchable
      value={null}
      data={[...options]}
      onChange={(name) => name !== null && onAdd(name)}
    />
  )
}
