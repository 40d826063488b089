import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { AnsweredCondition, DecisionTried } from '@tessera/platform/contract'
import { useState } from 'react'
import { type Body, bodyAt, isBody } from '../../../lib/body.ts'
import { definitionQuery } from '../../../lib/definitions.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { ValueBox } from '../../../ui/comparison.tsx'
import { JsonTree } from '../../../ui/json-tree.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { PersonChoice } from '../../../ui/person-choice.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { bys } from '../address.ts'
import { triedQuery, type Whom } from '../api/decisions.ts'
import styles from './decisions.module.css'

const words = texts.decisions.trial

/** A definition that is being written; without one the published one is tried. */
interface Draft {
  readonly body: Body | undefined
  readonly isSound: boolean
}

/** What somebody would get now, with what speaks for and against each offer; nothing is recorded. */
export function TryPart({
  decision,
  whom,
  onWhom,
  draft,
}: {
  decision: string
  whom: Whom
  onWhom: (whom: Whom) => void
  draft?: Draft
}) {
  const { data: published } = useQuery({
    ...definitionQuery('decision', decision),
    enabled: draft === undefined,
  })
  const body = draft ? draft.body : published?.body
  const asked = bodyAt(isBody(body) ? body : {}, ['context'])
  const [context, setContext] = useState<Body>({})
  const isReady = draft === undefined || draft.isSound
  return (
    <Panel title={words.title}>
      <div className={styles.stack}>
        <p className={shared.quiet}>{words.about}</p>
        <WhomForm whom={whom} onWhom={onWhom} />
        {Object.entries(asked).map(([name, type]) => (
          <div key={name} className={styles.context}>
            <span className={shared.small}>{words.context}</span>
            <ValueBox
              value={context[name]}
              type={typeof type === 'string' ? type : 'text'}
              label={name}
              error={undefined}
              write={(value) => setContext({ ...context, [name]: value })}
            />
          </div>
        ))}
        {!isReady && <p className={shared.quiet}>{words.unsound}</p>}
        {isReady && whom.who === '' && whom.by !== 'person' && (
          <p className={shared.quiet}>{words.wait}</p>
        )}
        {isReady && whom.who !== '' && (
          <Tried
            // What somebody gets is never shown as what somebody else does.
            key={`${whom.by} ${whom.who}`}
            {...{ decision, whom, context }}
            draft={draft?.body}
          />
        )}
      </div>
    </Panel>
  )
}

/** Whom it is tried for: a customer who is searched, or anybody by an identifier. */
function WhomForm({ whom: { by, who }, onWhom }: { whom: Whom; onWhom: (whom: Whom) => void }) {
  const [q, setQ] = useState('')
  return (
    <>
      <div className={styles.whom}>
        <Select
          size="sm"
          aria-label={words.by}
          allowDeselect={false}
          value={by}
          data={bys.map((value) => ({ value, label: words.bys[value] }))}
          onChange={(chosen) =>
            onWhom({ by: bys.find((one) => one === chosen) ?? 'person', who: '' })
          }
        />
        {by === 'person' && who !== '' && (
          <Button size="xs" variant="default" onClick={() => onWhom({ by, who: '' })}>
            {words.other}
          </Button>
        )}
        {by !== 'person' && (
          <SearchBox
            label={words.who}
            hint={words.hints[by]}
            value={who}
            onSearch={(text) => onWhom({ by, who: text.trim() })}
          />
        )}
      </div>
      {by === 'person' && who === '' && (
        <PersonChoice q={q} onSearch={setQ} onChoose={(id) => onWhom({ by, who: id })} />
      )}
    </>
  )
}

function Tried({
  decision,
  whom,
  context,
  draft,
}: {
  decision: string
  whom: Whom
  context: Body
  draft: Body | undefined
}) {
  const tried = useQuery(
    triedQuery(decision, { ...whom, context, ...(draft === undefined ? {} : { body: draft }) }),
  )
  return (
    <Answer query={tried} height={240}>
      {(found) => <Verdict of={found} />}
    </Answer>
  )
}

function Verdict({ of }: { of: DecisionTried }) {
  const { state, person, profile, offers, fallback } = of
  const given = offers.filter(({ reason }) => reason === 'chosen')
  return (
    <>
      <div role="status" className={styles.verdict}>
        {profile === undefined ? (
          <span>{words.persons[person]}</span>
        ) : (
          <Link to="/customers/$id" params={{ id: profile }} className={styles.link}>
            {words.persons[person]} {profile}
          </Link>
        )}
        <strong className={given.length > 0 ? shared.good : shared.quiet}>
          {state === 'offers'
            ? words.gets(given.map(({ key, label }) => label ?? key).join(', '))
            : words.states[state]}
        </strong>
      </div>
      <ol className={styles.offers} aria-label={words.order}>
        {offers.map((offer) => (
          <li key={offer.key} className={styles.offer} data-given={offer.reason === 'chosen'}>
            <Offer of={offer} />
          </li>
        ))}
        {fallback !== undefined && (
          <li className={styles.offer} data-given={state !== 'offers'}>
            <div className={styles.offerHead}>
              <strong>{words.fallback}</strong>
            </div>
            <Payload of={fallback} />
          </li>
        )}
      </ol>
    </>
  )
}

function Offer({ of }: { of: DecisionTried['offers'][number] }) {
  const { key, label, priority, reason, why, payload, asked } = of
  return (
    <>
      <div className={styles.offerHead}>
        <strong>{label ?? key}</strong>
        <span className={styles.reason}>
          {reason === 'chosen' ? '✓' : '✗'} {texts.decisions.reasons[reason]}
          {why !== undefined && ` (${why})`}
        </span>
        <Tag>{words.priority(priority)}</Tag>
      </div>
      {asked ? <Condition of={asked} /> : <p className={shared.small}>{words.everybody}</p>}
      <Payload of={payload} />
    </>
  )
}

const Payload = ({ of }: { of: Body }) =>
  Object.keys(of).length === 0 ? null : (
    <details>
      <summary>{words.payload}</summary>
      <JsonTree value={of} open={1} />
    </details>
  )

/** A condition with its answer, and what was found. */
function Condition({ of: { says, holds, value, parts = [] } }: { of: AnsweredCondition }) {
  return (
    <div className={styles.condition} data-holds={holds ?? 'unsure'}>
      <div className={styles.conditionHead}>
        <span className={styles.mark}>
          {markOf(holds)} <span className={styles.hidden}>{answerOf(holds)}</span>
        </span>
        <span>{says}</span>
        {value !== undefined && (
          <span className={shared.quiet}>
            {words.found} <strong>{formatValue(value)}</strong>
          </span>
        )}
      </div>
      {parts.map((part, i) => (
        // Parts stand where they stand in the definition.
        <Condition key={`${i} ${part.says}`} of={part} />
      ))}
    </div>
  )
}

const markOf = (holds: boolean | undefined): string => {
  if (holds === undefined) return '?'
  return holds ? '✓' : '✗'
}

const answerOf = (holds: boolean | undefined): string => {
  if (holds === undefined) return words.answers.unsure
  return holds ? words.answers.yes : words.answers.no
}
