import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { type Body, isBody, listAt, textAt } from '../../lib/body.ts'
import { definitionQuery } from '../../lib/definitions.ts'
import { texts } from '../../lib/texts.ts'
import { Answer, PageAnswer } from '../../ui/answer.tsx'
import { DefinitionEditor, type DefinitionFormProps } from '../../ui/definition-editor.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RemoveButton } from '../../ui/remove-definition.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { type DecisionAddress, type DecisionTab, decisionTabs } from './address.ts'
import { decisionsKey, type Whom } from './api/decisions.ts'
import type { DecisionView } from './decision-view.ts'
import { DecisionForm } from './parts/decision-form.tsx'
import { LogPart } from './parts/log-part.tsx'
import { OverviewPart } from './parts/overview-part.tsx'
import { TryPart } from './parts/try-part.tsx'

const words = texts.decisions
const route = getRouteApi('/decisions/$key')
const newRoute = getRouteApi('/new-decision')
const renews = [decisionsKey]

/** What a part of the page is given. */
interface PartProps {
  readonly decision: DecisionView
  readonly address: DecisionAddress
  readonly go: (address: DecisionAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<DecisionTab, (props: PartProps) => ReactNode>> = {
  overview: (props) => <OverviewPart {...props} />,
  try: ({ decision: { key }, address: { by = 'person', who = '' }, go }) => (
    <TryPart
      decision={key}
      whom={{ by, who }}
      onWhom={(whom) =>
        go({ tab: 'try', by: whom.by, ...(whom.who === '' ? {} : { who: whom.who }) })
      }
    />
  ),
  log: (props) => (
    <Panel flush="flush">
      <LogPart {...props} />
    </Panel>
  ),
  edit: (props) => <EditPart {...props} />,
}

/** One decision: how often its offers were given, who would get which, what was decided, and its definition. */
export function DecisionPage(): ReactNode {
  const { key } = route.useParams()
  const definition = useQuery(definitionQuery('decision', key))
  return (
    <PageAnswer query={definition} title={key} back={{ to: '/decisions', label: words.title }}>
      {({ body }) => <One key={key} decision={viewOf(key, isBody(body) ? body : {})} />}
    </PageAnswer>
  )
}

const viewOf = (key: string, body: Body): DecisionView => ({
  key,
  label: textAt(body, ['label']) || key,
  isOn: body['enabled'] !== false,
  isPublic: body['public'] === true,
  offers: listAt(body, ['offers']).flatMap((offer) =>
    isBody(offer) ? [{ value: textAt(offer, ['key']), label: textAt(offer, ['label']) }] : [],
  ),
})

function One({ decision }: { decision: DecisionView }) {
  const address = route.useSearch()
  const { tab = 'overview' } = address
  const navigate = route.useNavigate()
  const go = (search: DecisionAddress) => void navigate({ search, replace: true })
  const { key, label, isOn, isPublic } = decision
  return (
    <Page
      title={label}
      back={{ to: '/decisions', label: words.title }}
      about={
        <>
          {key} ·{' '}
          <StateBadge tone={isOn ? 'good' : 'none'}>
            {isOn ? words.states.on : words.states.off}
          </StateBadge>{' '}
          · {isPublic ? words.askedBy.pages : words.askedBy.callers}
        </>
      }
      actions={<RemoveButton kind="decision" of={key} name={label} list="/decisions" />}
    >
      <PageTabs
        names={decisionTabs}
        labels={words.parts}
        tab={tab}
        onOpen={(name) => go(name === 'overview' ? {} : { tab: name })}
      >
        {(name) => parts[name]({ decision, address, go })}
      </PageTabs>
    </Page>
  )
}

function EditPart({ decision: { key }, address: { view = 'form' }, go }: PartProps) {
  const published = useQuery(definitionQuery('decision', key))
  return (
    <Answer query={published} height={520}>
      {(found) => (
        <DefinitionEditor
          published={found}
          title={words.parts.edit}
          view={view}
          onView={(next) => go({ tab: 'edit', ...(next === 'form' ? {} : { view: next }) })}
          renews={renews}
          form={(props) => <DecisionForm {...props} />}
          beside={(body, told) => <DraftTried decision={key} body={body} told={told} />}
        />
      )}
    </Answer>
  )
}

/** What somebody would get by a draft. */
function DraftTried({
  decision,
  body,
  told,
}: {
  decision: string
  body: Body | undefined
  told: DefinitionFormProps | undefined
}) {
  const [whom, setWhom] = useState<Whom>({ by: 'person', who: '' })
  return (
    <TryPart
      decision={decision}
      whom={whom}
      onWhom={setWhom}
      draft={{ body, isSound: told?.isSound === true }}
    />
  )
}

const newDecision = {
  kind: 'decision',
  key: 'new_decision',
  version: 0,
  changedAt: '',
  body: { offers: [{ key: 'first_offer', payload: { headline: '' } }] },
}

/** A decision that is not there yet. */
export function NewDecisionPage(): ReactNode {
  const { view = 'form' } = newRoute.useSearch()
  const navigate = newRoute.useNavigate()
  return (
    <Page title={words.create} back={{ to: '/decisions', label: words.title }}>
      <DefinitionEditor
        published={newDecision}
        title={words.create}
        view={view}
        onView={(next) =>
          void navigate({ search: next === 'form' ? {} : { view: next }, replace: true })
        }
        renews={renews}
        form={(props) => <DecisionForm {...props} />}
        beside={(body, told) => <DraftTried decision={newDecision.key} body={body} told={told} />}
        onApplied={(key) => void navigate({ to: '/decisions/$key', params: { key } })}
      />
    </Page>
  )
}
