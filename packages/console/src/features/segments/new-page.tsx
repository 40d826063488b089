import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Body } from '../../lib/body.ts'
import { texts } from '../../lib/texts.ts'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import { Page } from '../../ui/page.tsx'
import { GivenProvider } from './given.ts'
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
  const [given, give] = useState<Body>({})
  return (
    <Page
      title={words.newTitle}
      about={words.newAbout}
      back={{ to: '/segments', label: texts.segments.title }}
    >
      <GivenProvider value={{ given, give }}>
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
      </GivenProvider>
    </Page>
  )
}
