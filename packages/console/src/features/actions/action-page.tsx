import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ActionView } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { isBody, withValue } from '../../lib/body.ts'
import { definitionQuery, putDefinition } from '../../lib/definitions.ts'
import { formatCount } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { Ago } from '../../ui/ago.tsx'
import { Answer, PageAnswer } from '../../ui/answer.tsx'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { Sum } from '../../ui/proportions.tsx'
import { RemoveButton } from '../../ui/remove-definition.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Tag } from '../../ui/tag.tsx'
import { TroubleLine } from '../../ui/trouble.tsx'
import { type ActionAddress, type ActionTab, actionTabs, firingStates } from './address.ts'
import { actionQuery, actionsKey } from './api/actions.ts'
import { ActionForm } from './parts/action-form.tsx'
import styles from './parts/actions.module.css'
import { FiringsPart } from './parts/firings-part.tsx'
import { TryPart } from './parts/try-part.tsx'
import { isBalanced, partsOf, standingOf } from './state.ts'

const words = texts.actions
const route = getRouteApi('/actions/$key')
const newRoute = getRouteApi('/new-action')
const renews = [actionsKey]

/** What a part of the page is given. */
interface PartProps {
  readonly action: ActionView
  readonly address: ActionAddress
  readonly go: (address: ActionAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<ActionTab, (props: PartProps) => ReactNode>> = {
  overview: ({ action }) => <OverviewPart action={action} />,
  firings: (props) => (
    <Panel flush="flush">
      <FiringsPart {...props} />
    </Panel>
  ),
  edit: (props) => <EditPart {...props} />,
}

/** One action: its rule, what became of what was met, and its definition. */
export function ActionPage(): ReactNode {
  const { key } = route.useParams()
  const action = useQuery(actionQuery(key))
  return (
    <PageAnswer query={action} title={key} back={{ to: '/actions', label: words.title }}>
      {(found) => <One key={found.key} action={found} />}
    </PageAnswer>
  )
}

function One({ action }: { action: ActionView }) {
  const address = route.useSearch()
  const { tab = 'overview' } = address
  const navigate = route.useNavigate()
  const go = (search: ActionAddress) => void navigate({ search, replace: true })
  const { tone, word } = standingOf(action)
  return (
    <Page
      title={action.label}
      back={{ to: '/actions', label: words.title }}
      about={
        <>
          {action.key} · <StateBadge tone={tone}>{word}</StateBadge>
        </>
      }
      actions={
        <>
          <RemoveButton kind="action" of={action.key} name={action.label} list="/actions" />
          <Switch action={action} />
        </>
      }
    >
      <PageTabs
        names={actionTabs}
        labels={words.parts}
        tab={tab}
        onOpen={(name) => go(name === 'overview' ? {} : { tab: name })}
        badge={(name) =>
          name === 'firings' && action.ledger.met > 0 && <Tag>{formatCount(action.ledger.met)}</Tag>
        }
      >
        {(name) => parts[name]({ action, address, go })}
      </PageTabs>
    </Page>
  )
}

/** Switches an action on or off: one member of its definition. */
function Switch({ action: { key, enabled } }: { action: ActionView }) {
  const queries = useQueryClient()
  const { data: published } = useQuery(definitionQuery('action', key))
  const change = useMutation({
    mutationFn: putDefinition,
    onSuccess: () =>
      Promise.all(
        [actionsKey, ['definitions']].map((queryKey) => queries.invalidateQueries({ queryKey })),
      ),
  })
  const body = published?.body
  if (!published || !isBody(body)) return null
  const isOn = enabled === true
  return (
    <>
      {change.error && (
        <span role="alert">
          <TroubleLine thrown={change.error} />
        </span>
      )}
      <Button
        variant="default"
        loading={change.isPending}
        onClick={() =>
          change.mutate({
            kind: 'action',
            key,
            body: withValue(body, ['enabled'], isOn ? false : undefined),
            over: published.version,
          })
        }
      >
        {isOn ? words.switchOff : words.switchOn}
      </Button>
    </>
  )
}

function OverviewPart({ action }: { action: ActionView }) {
  const { ledger, when, lane, why_not_live: why, target, held_up_until: heldUp } = action
  const happened = firingStates.filter((state) => ledger[state] > 0 && state !== 'sent')
  return (
    <div className={styles.overview}>
      <Panel title={words.ledger}>
        <Sum name={words.met} count={ledger.met} parts={partsOf(ledger)} />
        {!isBalanced(ledger) && <p className={styles.bad}>{words.unbalanced}</p>}
        {happened.length > 0 && (
          <dl className={styles.meanings}>
            {happened.map((state) => (
              <div key={state}>
                <dt>{words.states[state]}</dt>
                <dd>{words.statesAbout[state]}</dd>
              </div>
            ))}
          </dl>
        )}
      </Panel>
      <Panel>
        <Facts
          facts={[
            [words.facts.when, when],
            [words.facts.lane, words.lanes[lane]],
            ...(why === undefined ? [] : [[words.facts.why, why] as const]),
            [words.facts.target, target],
            ...(heldUp === undefined
              ? []
              : [[words.facts.heldUp, <Ago key="held" time={heldUp} />] as const]),
          ]}
        />
      </Panel>
    </div>
  )
}

function EditPart({ action: { key }, address: { view = 'form' }, go }: PartProps) {
  const published = useQuery(definitionQuery('action', key))
  return (
    <Answer query={published} height={520}>
      {(found) => (
        <DefinitionEditor
          published={found}
          title={words.parts.edit}
          view={view}
          onView={(next) => go({ tab: 'edit', ...(next === 'form' ? {} : { view: next }) })}
          renews={renews}
          form={(props) => <ActionForm {...props} />}
          beside={(body, told) => (
            <TryPart action={key} body={body} isSound={told?.isSound === true} />
          )}
        />
      )}
    </Answer>
  )
}

const newAction = {
  kind: 'action',
  key: 'new_action',
  version: 0,
  changedAt: '',
  body: { when: { segment: '', change: 'entered' }, often: 'first', target: { destination: '' } },
}

/** An action that is not there yet. */
export function NewActionPage(): ReactNode {
  const { view = 'form' } = newRoute.useSearch()
  const navigate = newRoute.useNavigate()
  return (
    <Page title={words.create} back={{ to: '/actions', label: words.title }}>
      <DefinitionEditor
        published={newAction}
        title={words.create}
        view={view}
        onView={(next) =>
          void navigate({ search: next === 'form' ? {} : { view: next }, replace: true })
        }
        renews={renews}
        form={(props) => <ActionForm {...props} />}
        beside={(body, told) => (
          <TryPart action={newAction.key} body={body} isSound={told?.isSound === true} />
        )}
        onApplied={(key) => void navigate({ to: '/actions/$key', params: { key } })}
      />
    </Page>
  )
}
