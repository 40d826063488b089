import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { definitionQuery, schemaQuery } from '../../../lib/definitions.ts'
import type { EditorView } from '../../../lib/editor-views.ts'
import { FormProvider } from '../../../lib/form.ts'
import { choicesIn, membersAt, schemaOfKind } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { DefinitionEditor, type DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import editor from '../../../ui/editor.module.css'
import { ChoiceField, FurtherFields, TextField, TextsField } from '../../../ui/form-inputs.tsx'

const words = texts.streams.form
const renews = [['streams'], ['relations'], ['schedules']]

/** The definition of a stream: how, when and into what it is taken. */
export function DefinitionPart({
  streamKey,
  view,
  onView,
}: {
  streamKey: string
  view: EditorView
  onView: (view: EditorView) => void
}) {
  const published = useQuery(definitionQuery('stream', streamKey))
  return (
    <Answer query={published} height={420}>
      {(found) => (
        <DefinitionEditor
          published={found}
          title={texts.streams.tabs.definition}
          view={view}
          onView={onView}
          renews={renews}
          form={(props) => <StreamForm {...props} />}
        />
      )}
    </Answer>
  )
}

/** A stream as a form. What is taken from where, and the contract, stay as they are. */
function StreamForm({ body, problems, onChange }: DefinitionFormProps) {
  const { data: schemas } = useQuery(schemaQuery)
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'stream'), [schemas])
  const members = membersAt(schema, [])
  const choices = (name: string) =>
    choicesIn(members.get(name)).map((value) => ({ value, label: value }))
  return (
    <FormProvider value={{ body, objects: [], schema, problems, change: onChange }}>
      <div className={editor.form}>
        <div className={editor.pairOfFields}>
          <TextField path={['label']} label={words.label} />
          <TextField path={['schedule']} label={words.schedule} />
        </div>
        <div className={editor.pairOfFields}>
          <ChoiceField path={['mode']} label={words.mode} options={choices('mode')} />
          <ChoiceField path={['category']} label={words.category} options={choices('category')} />
          <TextsField path={['primary_key']} label={words.primaryKey} />
          <TextField path={['space']} label={words.space} />
        </div>
        <FurtherFields
          path={[]}
          known={['label', 'schedule', 'mode', 'category', 'primary_key', 'space', 'connection']}
          isOpen={false}
        />
      </div>
    </FormProvider>
  )
}
