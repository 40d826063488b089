import { Autocomplete } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { bodyAt, textAt } from '../../../lib/body.ts'
import { schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider, problemAt, put, useForm } from '../../../lib/form.ts'
import type { WholeModel } from '../../../lib/model.ts'
import { schemaOfKind } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import editor from '../../../ui/editor.module.css'
import { ChoiceField, TextField, TextsField } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { timeFields, withCategory } from '../own.ts'
import { OwnFields } from './own-fields.tsx'

const words = texts.model.form

/** An object of one's own as a form; of a standard object, only the fields that are one's own. */
export function ObjectForm({
  body,
  problems,
  onChange,
  model,
  standard,
  usersOf,
}: DefinitionFormProps & {
  model: WholeModel
  /** The key of the standard object that is added to. */
  standard?: string
  /** Who would miss a field. */
  usersOf: (field: string) => readonly string[]
}) {
  const { data: schemas } = useQuery(schemaQuery)
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'model_object'), [schemas])
  const form = { body, objects: model.objects, schema, problems, change: onChange }
  return (
    <FormProvider value={form}>
      <div className={editor.form}>
        {standard === undefined ? (
          <ObjectFields model={model} />
        ) : (
          <p className={shared.quiet}>{words.standard}</p>
        )}
        <OwnFields
          title={standard === undefined ? words.fields : words.ownFields}
          usersOf={usersOf}
        />
      </div>
    </FormProvider>
  )
}

const categories = ['profile', 'engagement', 'other'] as const

function ObjectFields({ model }: { model: WholeModel }) {
  const form = useForm()
  const names = Object.keys(bodyAt(form.body, ['fields']))
  return (
    <>
      <div className={editor.pairOfFields}>
        <TextField path={['label']} label={words.label} />
        <TextField path={['about']} label={words.about} />
      </div>
      <div className={editor.pairOfFields}>
        <AreaField model={model} />
        <ChoiceField
          path={['category']}
          label={words.category}
          options={categories.map((value) => ({ value, label: words.categories[value] }))}
          onChoose={(chosen) => chosen && form.change(withCategory(form.body, chosen))}
        />
      </div>
      <div className={editor.pairOfFields}>
        {textAt(form.body, ['category']) === 'engagement' && (
          <ChoiceField
            path={['time']}
            label={words.time}
            options={timeFields(form.body).map((value) => ({ value, label: value }))}
          />
        )}
        <TextsField path={['shows']} label={words.shows} suggestions={names} />
      </div>
    </>
  )
}

function AreaField({ model }: { model: WholeModel }) {
  const form = useForm()
  const areas = new Set([
    ...Object.keys(model.subject_areas),
    ...model.objects.map(({ subject_area: area }) => area),
  ])
  return (
    <Autocomplete
      size="xs"
      label={words.area}
      placeholder={words.areaHint}
      value={textAt(form.body, ['subject_area'])}
      error={problemAt(form, ['subject_area'])}
      data={[...areas]}
      onChange={(area) => put(form, ['subject_area'], area)}
    />
  )
}
