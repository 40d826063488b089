import { useQuery } from '@tanstack/react-query'
import { definitionQuery } from '../../../lib/definitions.ts'
import type { EditorView } from '../../../lib/editor-views.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { DefinitionEditor } from '../../../ui/definition-editor.tsx'
import { activationsKey } from '../api/activations.ts'
import { ActivationForm } from './activation-form.tsx'
import { PreviewPart } from './preview-part.tsx'

/** What is asked anew once an activation is published. */
export const renews = [activationsKey]

/** The definition of an activation, to be changed as a form or as text, with what it would send. */
export function EditPart({
  activation,
  view = 'form',
  onView,
}: {
  activation: string
  view: EditorView | undefined
  onView: (view: EditorView) => void
}) {
  const published = useQuery(definitionQuery('activation', activation))
  return (
    <Answer query={published} height={520}>
      {(found) => (
        <DefinitionEditor
          published={found}
          title={texts.activations.parts.edit}
          view={view}
          onView={onView}
          renews={renews}
          form={(props) => <ActivationForm {...props} />}
          beside={(body) => <PreviewPart activation={activation} body={body} />}
        />
      )}
    </Answer>
  )
}
