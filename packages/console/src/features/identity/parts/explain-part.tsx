import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Decision, Explanation, RecordName, RulesetStatus } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { DecideForm } from '../../../ui/reason-form.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import type { RulesetAddress } from '../address.ts'
import { decisionsQuery, explainQuery, link, type Two, unlink } from '../api/identity.ts'
import { type Act, actsOf, pendingFor } from '../decisions.ts'
import { type Decide, useDecide } from '../use-decide.ts'
import { DecideOutcome, WithdrawButton } from './decide-form.tsx'
import styles from './identity.module.css'
import { nameOf, ProfileLink, RecordWords } from './record-name.tsx'
import { RefusedList } from './refused-list.tsx'
import { WaterfallPart } from './waterfall-part.tsx'

const words = texts.identity.explain

/** Why two records are one, or what stands between them; both stand in the address. */
export function ExplainPart({
  status: { ruleset },
  address: { left = '', right = '' },
  go,
}: {
  status: RulesetStatus
  address: RulesetAddress
  go: (address: RulesetAddress) => void
}) {
  return (
    <div className={styles.stack}>
      <Panel>
        <TwoRecords
          key={`${left} ${right}`}
          asked={{ left, right }}
          onAsk={(two) => go({ tab: 'explain', ...two })}
        />
      </Panel>
      {left === '' || right === '' ? (
        <Panel>
          <EmptyState icon="merge" title={words.start}>
            {words.startHelp}
          </EmptyState>
        </Panel>
      ) : (
        <Explained key={`${left} ${right}`} ruleset={ruleset} two={{ left, right }} />
      )}
    </div>
  )
}

function TwoRecords({ asked, onAsk }: { asked: Two; onAsk: (two: Two) => void }) {
  const [left, setLeft] = useState(asked.left)
  const [right, setRight] = useState(asked.right)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onAsk({ left: left.trim(), right: right.trim() })
  }
  return (
    <form className={styles.twoRecords} onSubmit={submit}>
      <TextInput
        label={words.left}
        placeholder={words.hint}
        value={left}
        onChange={(event) => setLeft(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
      />
      <TextInput
        label={words.right}
        placeholder={words.hint}
        value={right}
        onChange={(event) => setRight(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
      />
      <Button type="submit" disabled={left.trim() === '' || right.trim() === ''}>
        {words.button}
      </Button>
    </form>
  )
}

function Explained({ ruleset, two }: { ruleset: string; two: Two }) {
  const query = useQuery(explainQuery(ruleset, two))
  const decide = useDecide(ruleset)
  return (
    <Panel flush="flush">
      <DecideOutcome decide={decide} />
      <Answer query={query} height={360}>
        {(found) => (
          <>
            <div className={styles.explained}>
              <Verdict of={found} />
              {found.same_profile ? (
                <Path of={found} ruleset={ruleset} />
              ) : (
                <Between of={found} {...{ ruleset, decide }} />
              )}
            </div>
            {found.model && <WaterfallPart of={found.model} />}
            <Pending of={found} {...{ ruleset, decide }} />
            {found.left.record !== found.right.record && (
              <div className={styles.decidePart}>
                <DecideForm
                  key={String(found.same_profile)}
                  about={found.same_profile ? words.unlinkAbout : words.linkAbout}
                  button={found.same_profile ? words.unlink : words.link}
                  isBusy={decide.isBusy}
                  onDecide={(why) => {
                    const [one, other] = [found.left.record, found.right.record]
                    decide.decide(() =>
                      found.same_profile
                        ? unlink(ruleset, { record: one, from: other, why })
                        : link(ruleset, { left: one, right: other, why }),
                    )
                  }}
                />
              </div>
            )}
          </>
        )}
      </Answer>
    </Panel>
  )
}

/** What was decided about the two and waits for the next refresh. */
function Pending({ of, ruleset, decide }: { of: Explanation; ruleset: string; decide: Decide }) {
  const { data } = useInfiniteQuery(decisionsQuery(ruleset))
  const pending = pendingFor(data?.pages.flat() ?? [], of)
  if (pending.length === 0) return null
  return (
    <section className={styles.decidePart}>
      <h3 className={styles.heading}>{words.pending}</h3>
      <ul className={styles.group}>
        {pending.map((decision) => (
          <li key={decision.number} className={styles.actions}>
            <Said of={decision} />
            <Button
              size="compact-xs"
              variant="default"
              loading={decide.isBusy}
              onClick={() => decide.withdraw([decision.number], texts.identity.undone)}
            >
              {texts.identity.undo}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Verdict({ of: { left, right, same_profile } }: { of: Explanation }) {
  if (left.record === right.record) return <p className={styles.verdict}>{words.sameRecord}</p>
  return (
    <h2 className={styles.verdict}>
      <StateBadge tone={same_profile ? 'good' : 'wait'}>
        {same_profile ? words.same : words.notSame}
      </StateBadge>
    </h2>
  )
}

/** The way from one record to the other: record by record, and between them the rule and the value that link them. */
function Path({ of: { left, path }, ruleset }: { of: Explanation; ruleset: string }) {
  return (
    <ol className={styles.path}>
      <Station of={left} ruleset={ruleset} />
      {path.map(({ from, to, rule, label, matched, decision }) => (
        <li key={`${rule} ${from.record} ${to.record}`} className={styles.hop}>
          <div className={styles.track2}>
            <Icon name={decision ? 'people' : 'merge'} size={16} />
            {decision ? (
              <Said of={decision} />
            ) : (
              <span>
                {label ?? rule}: {texts.identity.review.both}{' '}
                <code className={styles.matched}>{matched}</code>
              </span>
            )}
          </div>
          <StationWords of={to} ruleset={ruleset} />
        </li>
      ))}
    </ol>
  )
}

function Station({ of, ruleset }: { of: RecordName; ruleset: string }) {
  return (
    <li className={styles.hop}>
      <StationWords of={of} ruleset={ruleset} />
    </li>
  )
}

function StationWords({ of, ruleset }: { of: RecordName; ruleset: string }) {
  return (
    <div className={styles.station}>
      <span className={styles.tile} />
      <RecordWords of={of} />
      <span className={styles.small}>
        {of.profile === undefined ? (
          words.noProfile
        ) : (
          <>
            {words.inProfile} <ProfileLink ruleset={ruleset} id={of.profile} />
          </>
        )}
      </span>
    </div>
  )
}

/** Two records that are not one: where they are, the links that were not made, and what people decided. */
function Between({
  of: { left, right, refused = [], decisions = [] },
  ruleset,
  decide,
}: {
  of: Explanation
  ruleset: string
  decide: Decide
}) {
  return (
    <>
      <div className={styles.apart}>
        <StationWords of={left} ruleset={ruleset} />
        <span className={styles.dashes} />
        <StationWords of={right} ruleset={ruleset} />
      </div>
      {decisions.length > 0 && (
        <section className={styles.group}>
          <h3 className={styles.heading}>{words.decisions}</h3>
          <ul className={styles.group}>
            {actsOf(decisions).map((act) => (
              <ActWords key={act.key} {...{ act, decide }} />
            ))}
          </ul>
        </section>
      )}
      {refused.length > 0 && (
        <section className={styles.group}>
          <h3 className={styles.heading}>{words.refused}</h3>
          <RefusedList
            links={refused.map(({ from, to, ...of }) => ({ ...of, left: from, right: to }))}
          />
        </section>
      )}
      {refused.length + decisions.length === 0 && <p className={styles.quiet}>{words.nothing}</p>}
    </>
  )
}

/** What was decided in one go, with the records that it is about, and the means to withdraw it. */
function ActWords({ act: { of, decisions }, decide }: { act: Act; decide: Decide }) {
  const names = decisions.map(({ number, left, right }) => (
    <span key={number} className={styles.onePair}>
      {nameOf(left)} ↔ {nameOf(right)}
    </span>
  ))
  return (
    <li className={styles.evidence}>
      <span className={styles.actions}>
        <Said of={of} />
        <WithdrawButton
          label={texts.identity.decisions.withdraw}
          numbers={decisions.map(({ number }) => number)}
          decide={decide}
        />
      </span>
      {names.length === 1 ? (
        names
      ) : (
        <details className={styles.small}>
          <summary className={styles.summary}>{words.together(names.length)}</summary>
          {names}
        </details>
      )}
    </li>
  )
}

/** What somebody decided, why, and when. */
function Said({ of: { kind, number, by, why, at } }: { of: Decision }) {
  return (
    <span>
      <span className={styles.strong}>{texts.identity.decisions.kinds[kind]}</span>{' '}
      {texts.identity.review.byDecision(number)}, {by}, <Ago time={at} />: {why}
    </span>
  )
}
