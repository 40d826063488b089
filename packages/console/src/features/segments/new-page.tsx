import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import { Page } from '../../ui/page.tsx'
import { CountPart } from './parts/count-part.tsx'
import { SegmentForm } from './parts/segment-form.tsx'

const words = texts.segments.builder
const route = getRouteApi('/segment-new')
const renews = [['segments']]

// What is not published yet has no version.
const begun = {
  kind: 'segment',
  key: 'new_segment',
  version: 0,
  changedAt: '',
  body: { label: words.newLabel, on: 'individual', include: { all: [] } },
}

/** A segment that is written from nothing. */
export function NewSegmentPage(): ReactNode {
  const { view = 'form' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Page
      title={words.newTitle}
      about={words.newAbout}
      back={{ to: '/segments', label: texts.segments.title }}
    >
      <DefinitionEditor
        published={begun}
        title={texts.segments.tabs.rules}
        view={view}
        onView={(next) =>
          void navigate({ search: next === 'form' ? {} : { view: next }, replace: true })
        }
        renews={renews}
        form={(props) => <SegmentForm {...props} />}
        beside={(_, told) => told && <CountPart {...told} />}
        onApplied={(key) => void navigate({ to: '/segments/$key', params: { key } })}
      />
    </Page>
  )
}
