import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DefinitionAnswer } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { Panel } from '../../../ui/page.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { type EditorView, editorViews, type RulesetAddress } from '../address.ts'
import { planQuery, putRuleset, rulesetQuery, undoChange } from '../api/definitions.ts'
import { identityKey } from '../api/identity.ts'
import { isBody } from '../body.ts'
import { textOf, useDraft } from '../use-draft.ts'
import { verdictOf } from '../verdict.ts'
import styles from './editor.module.css'
import { Differences, Problems, VerdictLine } from './editor-verdict.tsx'
import { VersionsPart } from './editor-versions.tsx'
import shared from './identity.module.css'
import { RulesetForm } from './ruleset-form.tsx'

const words = texts.identity.editor

/** The rules, to be changed as a form or as text; checked as one types, compared with what is published, applied, undone. */
export function EditorPart({
  ruleset,
  address,
  go,
}: {
  ruleset: string
  address: RulesetAddress
  go: (address: RulesetAddress) => void
}) {
  const published = useQuery(rulesetQuery(ruleset))
  return (
    <Answer query={published} height={520}>
      {(found) => (
        <Editor
          published={found}
          view={address.view ?? 'form'}
          onView={(view) => go({ tab: 'rules', ...(view === 'form' ? {} : { view }) })}
        />
      )}
    </Answer>
  )
}

// Long enough that a word is typed to its end, short enough that nobody waits for the verdict.
const pauseMs = 250

/** Follows a draft: what the server says of it, and the means to publish it. */
function useEditor(published: DefinitionAnswer) {
  const queries = useQueryClient()
  const { draft, keep } = useDraft(published)
  const text = textOf(published, draft)
  const [asked] = useDebouncedValue(text, pauseMs)
  const plan = useQuery(planQuery(asked))
  const verdict = plan.data && verdictOf(plan.data, published)
  const isCurrent = asked === text && !plan.isPlaceholderData
  const renew = () =>
    Promise.all(
      [['definitions'], identityKey, ['graph']].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    )
  const undo = useMutation({ mutationFn: undoChange, onSuccess: renew })
  const apply = useMutation({
    mutationFn: putRuleset,
    onSuccess: async ({ change }, { body, over }) => {
      const version = change?.did[0]?.version ?? over
      queries.setQueryData(rulesetQuery(published.key).queryKey, { ...published, version, body })
      undo.reset()
      keep(undefined)
      await renew()
    },
  })
  return { draft, keep, text, plan, verdict, isCurrent, apply, undo }
}

type Editing = ReturnType<typeof useEditor>

function Editor({
  published,
  view,
  onView,
}: {
  published: DefinitionAnswer
  view: EditorView
  onView: (view: EditorView) => void
}) {
  const editing = useEditor(published)
  const { draft, keep, text, verdict } = editing
  const over = draft?.over ?? published.version
  return (
    <div className={styles.columns}>
      <div className={styles.written}>
        <Panel
          title={texts.identity.tabs.rules}
          aside={
            <SegmentedControl
              size="xs"
              aria-label={words.view}
              value={view}
              onChange={(value) => onView(editorViews.find((known) => known === value) ?? 'form')}
              data={editorViews.map((value) => ({ value, label: words.views[value] }))}
            />
          }
        >
          {view === 'yaml' ? (
            <Textarea
              aria-label={words.yaml}
              description={words.yaml}
              classNames={{ input: styles.yaml ?? '' }}
              value={text}
              onChange={(event) => keep({ over, text: event.currentTarget.value })}
              autosize
              minRows={12}
              spellCheck={false}
            />
          ) : (
            <FormView published={published} editing={editing} />
          )}
        </Panel>
      </div>
      <div className={styles.beside}>
        <Panel>
          <Standing published={published} editing={editing} />
        </Panel>
        {verdict && verdict.differences.length > 0 && (
          <Panel title={words.differencesTitle} flush="flush">
            <Differences of={verdict.differences} />
          </Panel>
        )}
      </div>
      <div className={styles.written}>
        <VersionsPart
          published={published}
          onTake={(body) => keep({ over: published.version, body })}
        />
      </div>
    </div>
  )
}

/** The form of what is written, however it was written; text that cannot be read has none. */
function FormView({
  published,
  editing: { draft, keep, verdict, isCurrent },
}: {
  published: DefinitionAnswer
  editing: Editing
}) {
  const isText = draft !== undefined && 'text' in draft
  const written = draft !== undefined && 'body' in draft ? draft.body : published.body
  const body = isText ? verdict?.body : written
  if (!isBody(body)) return <p className={shared.quiet}>{words.unreadable}</p>
  return (
    <RulesetForm
      body={body}
      problems={isCurrent ? (verdict?.problems ?? []) : []}
      onChange={(next) => keep({ over: draft?.over ?? published.version, body: next })}
    />
  )
}

/** How the draft stands: what speaks against it, and the buttons that publish it, give it up, or take the last one back. */
function Standing({ published, editing }: { published: DefinitionAnswer; editing: Editing }) {
  const { draft, keep, verdict, isCurrent, apply, undo, plan } = editing
  const isOld = draft !== undefined && draft.over < published.version
  const publish = () => {
    if (verdict?.body)
      apply.mutate({
        key: published.key,
        body: verdict.body,
        over: draft?.over ?? published.version,
      })
  }
  return (
    <div className={styles.standing}>
      <VerdictLine verdict={verdict} isCurrent={isCurrent} />
      {plan.error && <TroubleLine thrown={plan.error} />}
      {verdict && isCurrent && <Problems verdict={verdict} />}
      {isOld && (
        <div className={shared.line} data-tone="wait" role="status">
          <span className={shared.grow}>{words.newer(published.version)}</span>
          <Button size="compact-xs" variant="default" onClick={() => keep(undefined)}>
            {words.startAnew}
          </Button>
        </div>
      )}
      {(apply.error ?? undo.error) && (
        <div role="alert" className={shared.bad}>
          <TroubleLine thrown={apply.error ?? undo.error} />
        </div>
      )}
      <div className={shared.actions}>
        <Button
          size="sm"
          disabled={!verdict?.isApplicable || !isCurrent}
          loading={apply.isPending}
          onClick={publish}
        >
          {words.apply}
        </Button>
        <Button
          size="sm"
          variant="default"
          disabled={draft === undefined}
          onClick={() => keep(undefined)}
        >
          {words.discard}
        </Button>
      </div>
      <Outcome editing={editing} />
    </div>
  )
}

function Outcome({ editing: { apply, undo } }: { editing: Editing }) {
  if (undo.data)
    return (
      <p role="status" className={shared.good}>
        {words.undone}
      </p>
    )
  const change = apply.data?.change
  if (!change) return null
  return (
    <div role="status" className={shared.line} data-tone="good">
      <span className={shared.grow}>{words.applied(change.did[0]?.version ?? 0)}</span>
      <Button
        size="compact-xs"
        variant="default"
        loading={undo.isPending}
        onClick={() => undo.mutate(change.number)}
      >
        {texts.identity.undo}
      </Button>
    </div>
  )
}
