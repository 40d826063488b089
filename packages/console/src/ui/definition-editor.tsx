import { Button, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import type { DefinitionPlan } from '@tessera/platform/contract'
import { type ReactNode, useState } from 'react'
import type { Body } from '../lib/body.ts'
import type { Writable } from '../lib/draft.ts'
import { type EditorView, editorViews } from '../lib/editor-views.ts'
import { texts } from '../lib/texts.ts'
import { type Editing, useEditor } from '../lib/use-editor.ts'
import styles from './editor.module.css'
import { Differences, Problems, VerdictLine } from './editor-verdict.tsx'
import { VersionsPart } from './editor-versions.tsx'
import { IconButton } from './form-inputs.tsx'
import shared from './lines.module.css'
import { Panel } from './page.tsx'
import { TroubleLine } from './trouble.tsx'

const words = texts.editor

/** What the form of a definition is given. */
export interface DefinitionFormProps {
  readonly body: Body
  readonly problems: DefinitionPlan['problems']
  /** Nothing speaks against this very draft. */
  readonly isSound: boolean
  readonly onChange: (body: Body) => void
}

/** What an editor is for, and what is shown in it. */
interface EditorProps {
  /** What is published; of something new, its version is 0. */
  readonly published: Writable
  readonly title: string
  readonly view: EditorView
  readonly onView: (view: EditorView) => void
  /** What has to be asked anew once something is published. */
  readonly renews: readonly (readonly string[])[]
  readonly form: (props: DefinitionFormProps) => ReactNode
  /** What is told of the draft beside it. */
  readonly beside?: (body: Body | undefined, told: DefinitionFormProps | undefined) => ReactNode
  readonly onApplied?: (key: string) => void
}

/** A definition, to be changed as a form or as text; checked as one types, compared with what is published, applied, undone. */
export function DefinitionEditor(props: EditorProps) {
  const { published, title, view, onView, renews, onApplied, beside } = props
  const editing = useEditor(published, renews, onApplied)
  const { write, text, writeText, verdict } = editing
  const told = toldOf(editing)
  // Wherever one is: what had the focus may have just been removed. Where text is typed, these keys belong to the text.
  useHotkeys([
    ['mod+Z', () => editing.undo?.()],
    ['mod+shift+Z', () => editing.redo?.()],
  ])
  const isNew = published.version === 0
  return (
    <div className={styles.columns}>
      <div className={styles.written}>
        <Panel title={title} aside={<Tools {...{ editing, view, onView }} />}>
          {isNew && !published.keyIs && view === 'form' && <NewKey editing={editing} />}
          {view === 'yaml' ? (
            <Textarea
              aria-label={words.yaml}
              description={words.yaml}
              classNames={{ input: styles.yaml ?? '' }}
              value={text}
              onChange={(event) => writeText(event.currentTarget.value)}
              autosize
              minRows={12}
              spellCheck={false}
            />
          ) : (
            ((told && props.form(told)) ?? <p className={shared.quiet}>{words.unreadable}</p>)
          )}
        </Panel>
      </div>
      <div className={styles.beside}>
        <Panel>
          <Standing published={published} editing={editing} />
        </Panel>
        {beside?.(told?.body, told)}
        {verdict && verdict.differences.length > 0 && (
          <Panel title={words.differencesTitle} flush="flush">
            <Differences of={verdict.differences} />
          </Panel>
        )}
      </div>
      {!isNew && (
        <div className={styles.written}>
          <VersionsPart published={published} onTake={write} />
        </div>
      )}
    </div>
  )
}

/** Steps back and forward, and the two ways to edit. */
function Tools({
  editing: { undo, redo },
  view,
  onView,
}: {
  editing: Editing
  view: EditorView
  onView: (view: EditorView) => void
}) {
  return (
    <span className={shared.actions}>
      <IconButton label={words.undo} icon="undo" isDisabled={!undo} onClick={() => undo?.()} />
      <IconButton label={words.redo} icon="redo" isDisabled={!redo} onClick={() => redo?.()} />
      <SegmentedControl
        size="xs"
        aria-label={words.view}
        value={view}
        onChange={(value) => onView(editorViews.find((known) => known === value) ?? 'form')}
        data={editorViews.map((value) => ({ value, label: words.views[value] }))}
      />
    </span>
  )
}

/** The key of something new; made of its name until somebody writes another one. */
function NewKey({ editing }: { editing: Editing }) {
  const { draft, rename, key, verdict, isCurrent } = editing
  const given = draft !== undefined && 'body' in draft ? draft.key : undefined
  const [isAsked, setAsked] = useState(given !== undefined)
  const taken = isCurrent ? verdict?.taken : undefined
  if (!isAsked)
    return (
      <p className={shared.small}>
        {words.key} <code>{key}</code>{' '}
        <Button size="compact-xs" variant="subtle" onClick={() => setAsked(true)}>
          {words.changeKey}
        </Button>
      </p>
    )
  return (
    <TextInput
      label={words.key}
      description={words.keyHint}
      size="xs"
      value={given ?? key}
      error={taken !== undefined && words.taken(taken)}
      onChange={({ currentTarget: { value } }) => rename(value === '' ? undefined : value)}
      spellCheck={false}
      maw={320}
    />
  )
}

/** What a form is told of a draft; text that cannot be read has none. */
function toldOf({ written, verdict, isCurrent, write }: Editing): DefinitionFormProps | undefined {
  if (written === undefined) return undefined
  const problems = isCurrent ? (verdict?.problems ?? []) : []
  const isSound = isCurrent && verdict !== undefined && problems.length === 0
  return { body: written, problems, isSound, onChange: write }
}

/** How the draft stands: what speaks against it, and the buttons that publish it, give it up, or take the last one back. */
function Standing({ published, editing }: { published: Writable; editing: Editing }) {
  const { draft, keep, keepOver, isOld, verdict, isCurrent, apply, takeBack, plan, publish } =
    editing
  const isNew = published.version === 0
  return (
    <div className={styles.standing}>
      <VerdictLine verdict={verdict} isCurrent={isCurrent} isNew={isNew} />
      {plan.error && <TroubleLine thrown={plan.error} />}
      {verdict && isCurrent && <Problems verdict={verdict} />}
      {isOld && (
        <div className={shared.line} data-tone="wait" role="status">
          <span className={shared.grow}>{words.newer(published.version)}</span>
          <Button size="compact-xs" variant="default" onClick={keepOver}>
            {words.keepOver}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => keep(undefined)}>
            {words.startAnew}
          </Button>
        </div>
      )}
      {(apply.error ?? takeBack.error) && (
        <div role="alert" className={shared.bad}>
          <TroubleLine thrown={apply.error ?? takeBack.error} />
        </div>
      )}
      <div className={shared.actions}>
        <Button
          size="sm"
          disabled={!verdict?.isApplicable || !isCurrent || isOld}
          loading={apply.isPending}
          onClick={publish}
        >
          {isNew ? words.create : words.apply}
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

function Outcome({ editing: { apply, takeBack } }: { editing: Editing }) {
  if (takeBack.data)
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
        loading={takeBack.isPending}
        onClick={() => takeBack.mutate(change.number)}
      >
        {words.takeBack}
      </Button>
    </div>
  )
}
