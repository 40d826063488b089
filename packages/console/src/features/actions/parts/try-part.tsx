import { Button, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ActionTried } from '@tessera/platform/contract'
import { useState } from 'react'
import type { Body } from '../../../lib/body.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { firingStates } from '../address.ts'
import { tryAction } from '../api/actions.ts'
import { firingTones } from '../state.ts'
import styles from './actions.module.css'

const words = texts.actions.trial
const spans = [1, 7, 30, 90] as const

/** What the rule would have done as it is written now, for everybody or one person; nothing is sent. */
export function TryPart({
  action,
  body,
  isSound,
}: {
  action: string
  body: Body | undefined
  isSound: boolean
}) {
  const [days, setDays] = useState<number>(7)
  const [profile, setProfile] = useState('')
  const trial = useMutation({ mutationFn: tryAction })
  const isOld = trial.data !== undefined && trial.variables?.body !== body
  const isProfile = /^\d{1,19}$/.test(profile)
  const start = () =>
    body && trial.mutate({ key: action, body, days, ...(isProfile ? { profile } : {}) })
  return (
    <Panel title={words.title}>
      <div className={styles.trial}>
        <div className={styles.trialAsked}>
          <Select
            size="xs"
            label={words.days}
            allowDeselect={false}
            value={String(days)}
            data={spans.map((span) => ({ value: String(span), label: words.span(span) }))}
            onChange={(chosen) => setDays(Number(chosen ?? 7))}
          />
          <TextInput
            size="xs"
            label={words.profile}
            placeholder={words.profileHint}
            value={profile}
            error={profile !== '' && !isProfile && words.noProfile}
            onChange={({ currentTarget: { value } }) => setProfile(value.trim())}
            spellCheck={false}
          />
          <Button
            size="xs"
            variant="default"
            disabled={body === undefined || !isSound || (profile !== '' && !isProfile)}
            loading={trial.isPending}
            onClick={start}
          >
            {words.button}
          </Button>
        </div>
        {trial.error && (
          <div role="alert" className={shared.bad}>
            <TroubleLine thrown={trial.error} />
          </div>
        )}
        {!trial.data && !trial.error && <p className={shared.quiet}>{words.about}</p>}
        {isOld && <p className={shared.small}>{words.older}</p>}
        {trial.data && <Found of={trial.data} />}
      </div>
    </Panel>
  )
}

function Found({ of: { met, states, firings, more, over, told } }: { of: ActionTried }) {
  const happened = firingStates.filter((state) => (states[state] ?? 0) > 0)
  return (
    <>
      <p role="status" className={shared.strong}>
        {met === 0 ? words.none : words.met(met, over)}
      </p>
      {more && <p className={shared.quiet}>{words.more}</p>}
      <p className={shared.actions}>
        {happened.map((state) => (
          <StateBadge key={state} tone={firingTones[state]}>
            {words.counts(states[state] ?? 0, words.states[state])}
          </StateBadge>
        ))}
      </p>
      {told.map((one) => (
        <p key={one} className={shared.small}>
          {one}
        </p>
      ))}
      {firings.length > 0 && (
        <ul className={styles.tried} aria-label={words.firings}>
          {firings.map((one) => (
            <li key={`${one.profile} ${one.person} ${one.occurrence}`}>
              <Tried of={one} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Tried({ of }: { of: ActionTried['firings'][number] }) {
  const { profile, person, state, reason, body, happened_at: at } = of
  return (
    <>
      <div className={styles.triedHead}>
        {profile === undefined ? (
          <span>{person ?? texts.actions.firing.nobody}</span>
        ) : (
          <Link to="/customers/$id" params={{ id: profile }} className={styles.link}>
            {profile}
          </Link>
        )}
        <StateBadge tone={firingTones[state]}>{words.states[state]}</StateBadge>
        <span className={shared.small}>
          <Ago time={at} />
        </span>
      </div>
      {reason !== undefined && <p className={shared.small}>{reason}</p>}
      {body !== undefined && (
        <details>
          <summary>{words.body}</summary>
          <pre className={styles.body}>{pretty(body)}</pre>
        </details>
      )}
    </>
  )
}

/** JSON with lines; anything else as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
