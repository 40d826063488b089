import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import { Page } from '../../ui/page.tsx'
import { InsightForm } from './parts/insight-form.tsx'
import { PreviewPart } from './parts/preview-part.tsx'

const words = texts.insights.form
const route = getRouteApi('/insight-new')
const renews = [['insights'], ['relations']]

// What is not published yet has no version.
const begun = {
  kind: 'insight',
  key: 'new_insight',
  version: 0,
  changedAt: '',
  body: {
    label: words.newLabel,
    build: {
      from: 'sales_order',
      dimensions: [{ name: 'month', of: 'purchased_at', by: 'month' }],
      measures: [{ name: 'orders', how: 'count' }],
    },
  },
}

/** An insight that is written from nothing. */
export function NewInsightPage(): ReactNode {
  const { view = 'form' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Page
      title={words.newTitle}
      about={words.newAbout}
      back={{ to: '/insights', label: texts.insights.title }}
    >
      <DefinitionEditor
        published={begun}
        title={texts.insights.tabs.rules}
        view={view}
        onView={(next) =>
          void navigate({ search: next === 'form' ? {} : { view: next }, replace: true })
        }
        renews={renews}
        form={(props) => <InsightForm {...props} />}
        beside={(_, told) => told && <PreviewPart {...told} />}
        onApplied={(key) => void navigate({ to: '/insights/$key', params: { key } })}
      />
    </Page>
  )
}
