import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { isBody, textAt } from '../../../lib/body.ts'
import { definitionsQuery, modelQuery, schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider, type Option, useForm } from '../../../lib/form.ts'
import { schemaOfKind } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import styles from '../../../ui/editor.module.css'
import {
  ChoiceField,
  FlagField,
  FurtherFields,
  NumberField,
  TextField,
} from '../../../ui/form-inputs.tsx'
import { AttributesForm } from './attributes-form.tsx'

const words = texts.activations.form
const known = [
  'label',
  'segment',
  'destination',
  'send',
  'attributes',
  'filter',
  'updates',
  'most_members',
  'confirm_above',
  'paused',
  'consent',
]

/** An activation as a form. What the form does not know stays as it is. */
export function ActivationForm({ body, problems, onChange }: DefinitionFormProps) {
  const { data: model } = useQuery(modelQuery)
  const { data: schemas } = useQuery(schemaQuery)
  const { data: segments = [] } = useQuery(definitionsQuery('segment'))
  const { data: destinations = [] } = useQuery(definitionsQuery('destination'))
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'activation'), [schemas])
  const segment = segments.find(({ key }) => key === textAt(body, ['segment']))?.body
  const on = (isBody(segment) && textAt(segment, ['on'])) || 'individual'
  const form = { body, objects: model?.objects ?? [], schema, problems, change: onChange }
  return (
    <FormProvider value={form}>
      <div className={styles.form}>
        <div className={styles.pairOfFields}>
          <TextField path={['label']} label={words.label} />
          <ChoiceField
            path={['send']}
            label={words.send}
            options={(['changes', 'everything'] as const).map((value) => ({
              value,
              label: texts.activations.sendsAbout[value],
            }))}
          />
          <ChoiceField path={['segment']} label={words.segment} options={segments.map(asOption)} />
          <ChoiceField
            path={['destination']}
            label={words.destination}
            options={destinations.map(asOption)}
          />
        </div>
        <AttributesForm on={on} />
        <GuardsForm />
      </div>
    </FormProvider>
  )
}

const asOption = ({ key, body }: { readonly key: string; readonly body?: unknown }): Option => ({
  value: key,
  label: (isBody(body) && textAt(body, ['label'])) || key,
})

/** Who is not sent, and how many at most. */
function GuardsForm() {
  const { body } = useForm()
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.guards}</legend>
      <TextField path={['filter']} label={words.filter} />
      <div className={styles.pairOfFields}>
        <NumberField path={['confirm_above']} label={words.confirmAbove} />
        <NumberField path={['most_members']} label={words.mostMembers} />
      </div>
      {textAt(body, ['send']) !== 'everything' && (
        <FlagField path={['updates']} label={words.updates} usual="no" />
      )}
      <FlagField path={['paused']} label={words.paused} usual="no" />
      <span className={styles.subtitle}>{words.asked}</span>
      <FurtherFields path={['consent']} known={[]} isOpen />
      <FurtherFields path={[]} known={known} isOpen />
    </fieldset>
  )
}
