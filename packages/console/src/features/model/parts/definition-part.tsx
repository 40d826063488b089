import { useQuery } from '@tanstack/react-query'
import { definitionsQuery } from '../../../lib/definitions.ts'
import type { EditorView } from '../../../lib/editor-views.ts'
import type { ModelObjectFacts, WholeModel } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { DefinitionEditor } from '../../../ui/definition-editor.tsx'
import { begunFor } from '../own.ts'
import { useUsers } from '../use-users.ts'
import { ObjectForm } from './object-form.tsx'

const renews = [['model'], ['relations']]

/** The definition of an object of one's own, or of the fields that were added to a standard one. */
export function DefinitionPart({
  object,
  model,
  view,
  onView,
}: {
  object: ModelObjectFacts
  model: WholeModel
  view: EditorView
  onView: (view: EditorView) => void
}) {
  const own = useQuery(definitionsQuery('model_object'))
  const usersOf = useUsers(object, model)
  const isStandard = object.origin === 'standard'
  return (
    <Answer query={own} height={420}>
      {(all) => (
        <DefinitionEditor
          published={all.find(({ key }) => key === object.key) ?? begunFor(object)}
          title={texts.model.form.title}
          view={view}
          onView={onView}
          renews={renews}
          form={(props) => (
            <ObjectForm
              {...props}
              model={model}
              usersOf={usersOf}
              {...(isStandard ? { standard: object.key } : {})}
            />
          )}
        />
      )}
    </Answer>
  )
}
