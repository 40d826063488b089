import { texts } from '../lib/texts.ts'
import type { Verdict } from '../lib/verdict.ts'
import { printYaml } from '../lib/yaml.ts'
import { type Column, DataTable } from './data-table.tsx'
import styles from './editor.module.css'
import shared from './lines.module.css'
import { StateBadge } from './state-badge.tsx'

const words = texts.editor

/** How a draft stands, in a word. */
export function VerdictLine({
  verdict,
  isCurrent,
  isNew,
}: {
  verdict: Verdict | undefined
  isCurrent: boolean
  isNew: boolean
}) {
  return (
    <p role="status" className={styles.verdict}>
      <Word verdict={isCurrent ? verdict : undefined} isNew={isNew} />
    </p>
  )
}

function Word({ verdict, isNew }: { verdict: Verdict | undefined; isNew: boolean }) {
  if (!verdict) return <StateBadge tone="busy">{words.checking}</StateBadge>
  const { differences } = verdict
  const wrong = countIn(verdict)
  if (wrong > 0) return <StateBadge tone="bad">{words.problems(wrong)}</StateBadge>
  if (isNew) return <StateBadge tone="good">{words.sound}</StateBadge>
  if (differences.length === 0) return <StateBadge tone="none">{words.same}</StateBadge>
  return (
    <StateBadge tone="good">
      {words.differences(differences.length)} · {words.sound}
    </StateBadge>
  )
}

const countIn = ({ problems, strangers, taken }: Verdict): number =>
  problems.length + strangers.length + (taken === undefined ? 0 : 1)

/** Everything that speaks against a draft, each with its line and place; where nothing does, what should be known of it. */
export function Problems({ verdict }: { verdict: Verdict }) {
  if (countIn(verdict) === 0) return <Warnings of={verdict.warnings} />
  const { problems, strangers, taken } = verdict
  return (
    <ul className={styles.problems}>
      {taken !== undefined && <li>{words.taken(taken)}</li>}
      {problems.map(listed)}
      {strangers.map((name) => (
        <li key={name}>{words.stranger(name)}</li>
      ))}
    </ul>
  )
}

function Warnings({ of }: { of: Verdict['warnings'] }) {
  if (of.length === 0) return null
  return (
    <ul className={styles.problems} data-tone="warn" aria-label={words.worthKnowing}>
      {of.map(listed)}
    </ul>
  )
}

const listed = ({ code, at, say, path, line }: Verdict['problems'][number]) => (
  <li key={`${at} ${code} ${say}`}>
    <code>
      {line !== undefined && `${words.line} ${line} `}
      {path}
    </code>{' '}
    {say}
  </li>
)

type Difference = Verdict['differences'][number]

const columns: readonly Column<Difference>[] = [
  { key: 'at', title: words.at, cell: ({ at }) => <code className={styles.place}>{at}</code> },
  { key: 'was', title: words.was, cell: ({ old }) => <Shown of={old} look="was" /> },
  { key: 'is', title: words.willBe, cell: ({ new: now }) => <Shown of={now} look="is" /> },
]

/** What a draft would change, place by place. */
export function Differences({ of }: { of: readonly Difference[] }) {
  return (
    <DataTable
      label={words.differencesTitle}
      rows={of}
      columns={columns}
      rowKey={({ at, old, new: now }) => JSON.stringify([at, old, now])}
    />
  )
}

function Shown({ of, look }: { of: unknown; look: 'was' | 'is' }) {
  if (of === undefined) return <span className={shared.quiet}>{texts.none}</span>
  return (
    <code className={styles.shown} data-look={look}>
      {printYaml(of).trimEnd()}
    </code>
  )
}
