import { Button, Popover, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { TroubleLine } from '../../../ui/trouble.tsx'
import type { Decide } from '../use-decide.ts'
import styles from './identity.module.css'

const words = texts.identity

/** What was just decided or withdrawn, with the way back; or why it was refused. */
export function DecideOutcome({ decide }: { decide: Decide }) {
  const { decided = [], withdrawn, refused } = decide
  if (refused) {
    return (
      <div className={styles.line} data-tone="bad" role="alert">
        <TroubleLine thrown={refused} />
      </div>
    )
  }
  if (withdrawn !== undefined) {
    return (
      <p className={styles.line} data-tone="good" role="status">
        {words.withdrawnNow(withdrawn)}
      </p>
    )
  }
  if (decided.length === 0) return null
  const numbers = decided.map(({ number }) => number)
  return (
    <div className={styles.line} data-tone="good" role="status">
      <span className={styles.grow}>{words.decidedNow(numbers)}</span>
      <Button
        size="compact-xs"
        variant="default"
        loading={decide.isBusy}
        onClick={() => decide.withdraw(numbers, words.undone)}
      >
        {words.undo}
      </Button>
    </div>
  )
}

/** A box for the reason, without which nothing is decided. */
export function WhyBox({
  value,
  onChange,
  isMissing = false,
}: {
  value: string
  onChange: (why: string) => void
  isMissing?: boolean
}) {
  return (
    <TextInput
      className={styles.whyBox}
      size="xs"
      aria-label={words.why}
      placeholder={`${words.why}: ${words.whyHint.toLowerCase()}`}
      value={value}
      maxLength={2000}
      error={isMissing ? words.whyNeeded : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** One thing that can be decided, with its reason: what it means stands above. */
export function DecideForm({
  about,
  button,
  isBusy,
  children,
  onDecide,
}: {
  about: string
  button: string
  isBusy: boolean
  children?: ReactNode
  onDecide: (why: string) => void
}) {
  const [why, setWhy] = useState('')
  const [isMissing, setMissing] = useState(false)
  const said = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setMissing(why.trim() === '')
    if (why.trim() !== '') onDecide(why.trim())
  }
  return (
    <form className={styles.decide} onSubmit={submit} aria-describedby={said}>
      <p id={said} className={styles.quiet}>
        {about}
      </p>
      {children}
      <div className={styles.decideRow}>
        <WhyBox value={why} onChange={setWhy} isMissing={isMissing && why.trim() === ''} />
        <Button type="submit" size="xs" loading={isBusy}>
          {button}
        </Button>
      </div>
    </form>
  )
}

/** Withdraws decisions, once a reason is given. */
export function WithdrawButton({
  label,
  numbers,
  decide,
}: {
  label: string
  numbers: readonly number[]
  decide: Decide
}) {
  const [isAsking, setAsking] = useState(false)
  return (
    <Popover opened={isAsking} onChange={setAsking} trapFocus returnFocus withArrow width={330}>
      <Popover.Target>
        <Button size="compact-xs" variant="default" onClick={() => setAsking(!isAsking)}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <DecideForm
          about={words.decisions.withdrawAbout}
          button={words.decisions.withdraw}
          isBusy={decide.isBusy}
          onDecide={(why) => {
            setAsking(false)
            decide.withdraw(numbers, why)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
