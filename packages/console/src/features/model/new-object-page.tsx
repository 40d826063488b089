import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { wholeModelQuery } from '../../lib/model.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import { Page } from '../../ui/page.tsx'
import { newObject } from './own.ts'
import { ObjectForm } from './parts/object-form.tsx'

const words = texts.model.form
const route = getRouteApi('/model-new')
const renews = [['model'], ['relations']]
const begun = newObject(words.newLabel)
// Nothing can use what is not there yet.
const nobody = () => []

/** An object of the model that is written from nothing. */
export function NewObjectPage(): ReactNode {
  const { view = 'form' } = route.useSearch()
  const navigate = route.useNavigate()
  const model = useQuery(wholeModelQuery)
  return (
    <Page
      title={texts.model.create}
      about={words.newAbout}
      back={{ to: '/model', label: texts.model.title }}
    >
      <Answer query={model} height={420}>
        {(found) => (
          <DefinitionEditor
            published={begun}
            title={words.title}
            view={view}
            onView={(next) =>
              void navigate({ search: next === 'form' ? {} : { view: next }, replace: true })
            }
            renews={renews}
            form={(props) => <ObjectForm {...props} model={found} usersOf={nobody} />}
            onApplied={(object) => void navigate({ to: '/model/$object', params: { object } })}
          />
        )}
      </Answer>
    </Page>
  )
}
