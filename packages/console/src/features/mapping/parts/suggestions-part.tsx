import { Button } from '@mantine/core'
import type { MappingBody } from '../../../lib/mapping.ts'
import { texts } from '../../../lib/texts.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { withFormula } from '../draft.ts'
import type { Suggestion } from '../suggest.ts'
import styles from './mapping.module.css'

const words = texts.mapping.suggestions

/** What could be connected as well, to be taken one by one or all at once; of a stream that fills nothing, a whole proposal. */
export function SuggestionsPart({
  draft,
  suggestions,
  proposed,
  isAsked,
  onWrite,
}: {
  draft: MappingBody
  suggestions: readonly Suggestion[]
  proposed: MappingBody | undefined
  isAsked: boolean
  onWrite: (draft: MappingBody) => void
}) {
  if (draft.objects.length === 0)
    return <Beginning proposed={proposed} isAsked={isAsked} onWrite={onWrite} />
  if (suggestions.length === 0) return null
  const take = (taken: readonly Suggestion[]) =>
    onWrite(taken.reduce((now, { formula, ...at }) => withFormula(now, at, formula), draft))
  return (
    <Panel
      title={words.title(suggestions.length)}
      aside={
        <Button size="compact-xs" variant="light" onClick={() => take(suggestions)}>
          {words.takeAll}
        </Button>
      }
    >
      <ul className={styles.suggestions}>
        {suggestions.map((one) => (
          <li key={`${one.target} ${one.field}`}>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={words.take(one.formula, `${one.object}.${one.field}`)}
              onClick={() => take([one])}
            >
              <code>{one.formula}</code>&nbsp;→ {one.object}.{one.field}
            </Button>{' '}
            <Tag>{words.why[one.why]}</Tag>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Beginning({
  proposed,
  isAsked,
  onWrite,
}: {
  proposed: MappingBody | undefined
  isAsked: boolean
  onWrite: (draft: MappingBody) => void
}) {
  const { start } = texts.mapping
  const isNothing = isAsked && proposed === undefined
  return (
    <Panel>
      <EmptyState
        icon="model"
        title={start.title}
        action={proposed && <Button onClick={() => onWrite(proposed)}>{start.propose}</Button>}
      >
        {isNothing ? start.nothing : start.about}
      </EmptyState>
    </Panel>
  )
}
