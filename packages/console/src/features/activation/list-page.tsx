import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { activationsQuery } from './api/activations.ts'
import { ActivationTable } from './parts/activation-table.tsx'

const words = texts.activations

/** All activations with what became of what they queued. */
export function ActivationsPage(): ReactNode {
  const activations = useQuery(activationsQuery)
  return (
    <Page title={words.title} about={words.about}>
      <Panel flush="flush">
        <Answer query={activations}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState icon="activation" title={words.empty}>
                <Say text={words.emptyHelp} />
              </EmptyState>
            ) : (
              <ActivationTable activations={all} />
            )
          }
        </Answer>
      </Panel>
    </Page>
  )
}
