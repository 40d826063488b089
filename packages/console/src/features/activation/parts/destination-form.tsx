import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { isBody, textAt, withValue } from '../../../lib/body.ts'
import { schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider, inWords, schemaOf, useForm } from '../../../lib/form.ts'
import { aboutIn, schemaOfKind } from '../../../lib/schema.ts'
import { schemaWith, settingsOf } from '../../../lib/settings.ts'
import { texts } from '../../../lib/texts.ts'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import styles from '../../../ui/editor.module.css'
import { AreaField, ChoiceField, FurtherFields, TextField } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { SecretField } from '../../../ui/secret-field.tsx'
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
          <Settings {...settingsOf(settings)} />
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

const path = ['settings'] as const

function Settings({ secrets, long }: ReturnType<typeof settingsOf>) {
  const form = useForm()
  return (
    <>
      <FurtherFields path={path} known={[...secrets, ...long]} isOpen />
      {secrets.map((name) => (
        <SecretField key={name} path={[...path, name]} label={inWords(name)} />
      ))}
      {long.map((name) => (
        <AreaField
          key={name}
          path={[...path, name]}
          label={inWords(name)}
          hint={aboutIn(schemaOf(form, path, name))}
        />
      ))}
    </>
  )
}
