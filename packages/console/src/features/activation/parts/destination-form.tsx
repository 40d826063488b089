import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { isBody, textAt, withValue } from '../../../lib/body.ts'
import { schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider } from '../../../lib/form.ts'
import { schemaOfKind } from '../../../lib/schema.ts'
import { schemaWith } from '../../../lib/settings.ts'
import { texts } from '../../../lib/texts.ts'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import styles from '../../../ui/editor.module.css'
import { ChoiceField, FurtherFields, TextField } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { SchemaFields } from '../../../ui/schema-fields.tsx'
import { destinationTypesQuery } from '../api/activations.ts'

const words = texts.activations.destination

/** A destination as a form: its kind, and the settings that the server asks for that kind. */
export function DestinationForm({ body, problems, onChange }: DefinitionFormProps) {
  const { data: schemas } = useQuery(schemaQuery)
  const { data: types = [] } = useQuery(destinationTypesQuery)
  const type = types.find((one) => one.type === textAt(body, ['type']))
  const settings = isBody(type?.settings) ? type.settings : undefined
  const schema = useMemo(
    () => schemaWith(schemas && schemaOfKind(schemas, 'destination'), settings),
    [schemas, settings],
  )
  const form = { body, objects: [], schema, problems, change: onChange }
  return (
    <FormProvider value={form}>
      <div className={styles.form}>
        <div className={styles.pairOfFields}>
          <TextField path={['label']} label={words.label} />
          <ChoiceField
            path={['type']}
            label={words.type}
            options={types.map(({ type: value, label }) => ({ value, label }))}
            // Settings of one kind are seldom those of another.
            onChoose={(chosen) => onChange({ ...withValue(body, ['type'], chosen), settings: {} })}
          />
        </div>
        {type && (
          <p className={shared.quiet}>
            {type.about} {texts.activations.facts.promise}: {type.guarantee}.
          </p>
        )}
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{words.settings}</legend>
          {settings && <SchemaFields path={['settings']} schema={settings} />}
        </fieldset>
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{words.limits}</legend>
          <FurtherFields path={['limits']} known={[]} isOpen />
          <span className={styles.subtitle}>{texts.activations.form.asked}</span>
          <FurtherFields path={['consent']} known={[]} isOpen />
        </fieldset>
      </div>
    </FormProvider>
  )
}
