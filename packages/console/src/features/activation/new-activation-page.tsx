import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import { Page } from '../../ui/page.tsx'
import { ActivationForm } from './parts/activation-form.tsx'
import { renews } from './parts/edit-part.tsx'
import { PreviewPart } from './parts/preview-part.tsx'

const words = texts.activations
const route = getRouteApi('/new-activation')

/** An activation that is not there yet. */
export function NewActivationPage(): ReactNode {
  const { view = 'form', segment } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Page title={words.create} back={{ to: '/activations', label: words.title }}>
      <DefinitionEditor
        published={{
          kind: 'activation',
          key: 'new_activation',
          version: 0,
          changedAt: '',
          body: { send: 'changes', attributes: [], ...(segment === undefined ? {} : { segment }) },
        }}
        title={words.create}
        view={view}
        onView={(next) =>
          void navigate({
            search: (was) => ({ ...was, view: next === 'form' ? undefined : next }) as typeof was,
            replace: true,
          })
        }
        renews={renews}
        form={(props) => <ActivationForm {...props} />}
        beside={(body) => <PreviewPart activation={undefined} body={body} />}
        onApplied={(key) => void navigate({ to: '/activations/$key', params: { key } })}
      />
    </Page>
  )
}
